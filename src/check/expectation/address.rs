//! `host:port` as a person writes it. Resolves nothing.

use super::{is_open, quote};

/// The two parts of `host:port` or `[address]:port`.
///
/// # Errors
/// What is wrong with it, as the end of a sentence that names it.
pub(in crate::check) fn address(text: &str) -> Result<(&str, u16), &'static str> {
    let (host, port) = split(text)?;
    match port.parse() {
        Ok(0) | Err(_) => Err("its port is not a number from 1 to 65535"),
        Ok(port) => Ok((host, port)),
    }
}

fn split(text: &str) -> Result<(&str, &str), &'static str> {
    if text.contains('/') {
        return Err("write `host:port`, without `https://` and path");
    }
    let (host, port) = text.rsplit_once(':').ok_or("write `host:port`")?;
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    match bare {
        Some("") => Err("it names no host"),
        Some(inside) => Ok((inside, port)),
        None if host.is_empty() => Err("it names no host"),
        None if host.contains(':') => Err("write an IPv6 address as `[::1]:port`"),
        None => Ok((host, port)),
    }
}

/// Why a text could not be `host:port`.
pub(in crate::check) fn address_flaw(field: &str, text: &str) -> Option<String> {
    let why = address(text).err()?;
    // A variable may bring the port, or the whole of it.
    (!is_open(text)).then(|| format!("`{field}` is {}: {why}", quote(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_and_both_kinds_of_addresses() {
        assert_eq!(address("db.example.com:5432"), Ok(("db.example.com", 5432)));
        assert_eq!(address("127.0.0.1:80"), Ok(("127.0.0.1", 80)));
        assert_eq!(address("[::1]:443"), Ok(("::1", 443)));
    }

    #[test]
    fn says_what_is_wrong() {
        for bad in [
            "",
            "host",
            ":80",
            "[]:80",
            "::1:80",
            "h:0",
            "h:65536",
            "h:http",
            "h:",
            "https://h:443",
            "h:-1",
        ] {
            assert!(address_flaw("address", bad).is_some(), "{bad}");
        }
        for open in ["{{host}}:443", "h:{{port}}", "{{address}}", "[secret]:443", "h:[secret]"] {
            assert_eq!(address_flaw("address", open), None, "{open}");
        }
    }
}
