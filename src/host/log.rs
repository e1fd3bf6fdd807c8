//! Logs: what `RUST_LOG` asks for, to a file or to standard error, never between prompts.
#![expect(clippy::disallowed_methods, reason = "this is the edge: the log file")]

use std::fs::OpenOptions;
use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::str::FromStr as _;
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::Directive;
use tracing_subscriber::fmt::writer::BoxMakeWriter;

use crate::cli::LogFormat;

/// How loud libraries may be that handle credentials and connections, by the beginnings of their
/// names.
const LIBRARIES: [&str; 4] = ["aws=warn", "hyper=warn", "h2=warn", "rustls=warn"];

/// Starts logging. Without a file, and with standard error on a terminal, nothing is logged.
///
/// # Errors
/// Where the file cannot be opened.
pub fn start(file: Option<&Path>, format: LogFormat) -> io::Result<()> {
    let wanted = std::env::var_os("RUST_LOG").is_some();
    let writer = match file {
        Some(path) => {
            let opened = OpenOptions::new().create(true).append(true).open(path);
            let opened = opened.map_err(|error| {
                let path = path.display();
                io::Error::new(error.kind(), format!("cannot open the log file `{path}`: {error}"))
            })?;
            BoxMakeWriter::new(Mutex::new(opened))
        }
        None if wanted && !io::stderr().is_terminal() => BoxMakeWriter::new(io::stderr),
        None => return Ok(()),
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    // What the libraries say of a connection is masked by nobody, and may hold what opens doors.
    let filter = LIBRARIES.iter().fold(filter, |filter, library| {
        filter.add_directive(Directive::from_str(library).expect("a target and a level"))
    });
    let log =
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(writer);
    // A test that runs several verbs in one process keeps its first logger.
    let _ = match format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().try_init(),
    };
    Ok(())
}
