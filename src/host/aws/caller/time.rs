//! Times: in requests as each service wants them, in answers always as RFC 3339 has them.

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde_json::{Number, Value as Json};

use crate::check::cloud::model::Type;

/// A time that a person wrote, as a service wants it. What is no time is left as it is: AWS says
/// what is wrong with it.
pub(super) fn written(value: &Json, of: Type) -> Json {
    let Some(time) = read(value) else { return value.clone() };
    let format = match of {
        Type::Epoch => return seconds(&time),
        Type::Http => Format::HttpDate,
        Type::Iso
        | Type::Any
        | Type::Text
        | Type::Number
        | Type::Truth
        | Type::Bytes
        | Type::Shape(_) => Format::DateTime,
    };
    time.fmt(format).map_or_else(|_| value.clone(), Json::String)
}

/// A time that a service wrote, as RFC 3339 has it.
pub(super) fn told(value: &Json) -> Json {
    let text = read(value).and_then(|time| time.fmt(Format::DateTime).ok());
    text.map_or_else(|| value.clone(), Json::String)
}

fn read(value: &Json) -> Option<DateTime> {
    match value {
        Json::Number(number) => number
            .as_i64()
            .map(DateTime::from_secs)
            .or_else(|| number.as_f64().map(DateTime::from_secs_f64)),
        Json::String(text) => {
            let formats = [Format::DateTimeWithOffset, Format::HttpDate];
            formats.into_iter().find_map(|format| DateTime::from_str(text, format).ok())
        }
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    }
}

fn seconds(time: &DateTime) -> Json {
    match time.has_subsec_nanos() {
        false => Json::from(time.secs()),
        true => Number::from_f64(time.as_secs_f64()).map_or(Json::Null, Json::Number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn times_are_written_as_each_service_wants_them() {
        let noon = json!("2026-11-21T12:00:00Z");
        assert_eq!(written(&noon, Type::Epoch), json!(1_795_262_400));
        assert_eq!(written(&noon, Type::Http), json!("Sat, 21 Nov 2026 12:00:00 GMT"));
        assert_eq!(written(&json!(1_795_262_400), Type::Iso), noon);
        assert_eq!(written(&json!("soon"), Type::Epoch), json!("soon"));
    }

    #[test]
    fn times_are_told_in_one_form() {
        let noon = json!("2026-11-21T12:00:00Z");
        for value in [
            json!(1_795_262_400),
            json!(1_795_262_400.0),
            json!("2026-11-21T13:00:00+01:00"),
            json!("2026-11-21T12:00:00.000Z"),
            json!("Sat, 21 Nov 2026 12:00:00 GMT"),
        ] {
            assert_eq!(told(&value), noon, "{value}");
        }
        assert_eq!(told(&json!("yesterday")), json!("yesterday"));
    }
}
