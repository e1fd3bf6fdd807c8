//! What SQL on a command line does, by the first words of its statements.

use super::calls::{Call, Word};
use super::commands::Effect;

/// The statements that a call hands to a database, if it is the client of one.
pub(super) fn given_to(call: &Call, words: &[&Word]) -> Option<String> {
    let options: &[&str] = match call.program() {
        "psql" => &["-c", "--command"],
        "mysql" | "mariadb" | "cqlsh" => &["-e", "--execute"],
        "sqlcmd" => &["-q", "-Q"],
        "clickhouse-client" => &["-q", "--query"],
        "sqlite3" | "bq" | "spanner-cli" => &["-cmd", "-e"],
        _ => return None,
    };
    let mut text = Vec::new();
    let mut arguments = call.arguments().iter();
    while let Some(word) = arguments.next() {
        let joined = options.iter().filter(|option| option.starts_with("--"));
        let joined = joined.filter_map(|option| word.text.strip_prefix(option)?.strip_prefix('='));
        if is_option(&word.text, options) {
            text.extend(arguments.next().map(|next| next.text.as_str()));
        } else {
            text.extend(joined);
        }
    }
    if ["sqlite3", "bq"].contains(&call.program()) {
        text.extend(words.iter().skip(1).map(|word| word.text.as_str()));
    }
    let body = call.input.iter().map(|input| input.text.as_str());
    text.extend(body.filter(|body| body.contains(char::is_whitespace)));
    (!text.is_empty()).then(|| text.join(";\n"))
}

/// `-c`, and `-tAc`.
fn is_option(word: &str, options: &[&str]) -> bool {
    let in_cluster = |option: &&str| {
        let last = option.strip_prefix('-').filter(|rest| rest.len() == 1);
        let short = word.strip_prefix('-').filter(|rest| !rest.starts_with('-'));
        last.is_some_and(|last| short.is_some_and(|rest| rest.len() < 6 && rest.ends_with(last)))
    };
    options.contains(&word) || options.iter().any(in_cluster)
}

/// The worst that one of the statements does.
pub(super) fn effect(text: &str) -> Effect {
    statements(text).iter().map(|it| of_statement(it)).max().unwrap_or(Effect::Unknown)
}

/// Whether one of the statements adds rows each time it runs.
pub(super) fn inserts(text: &str) -> bool {
    let guards = ["ON CONFLICT", "ON DUPLICATE", "NOT EXISTS", "INSERT IGNORE", "INSERT OR IGNORE"];
    let adds =
        |it: &String| it.starts_with("INSERT") && !guards.iter().any(|guard| it.contains(guard));
    statements(text).iter().any(adds)
}

/// Its statements in capitals, without comments and texts in quotes, words one space apart.
fn statements(text: &str) -> Vec<String> {
    let mut bare = String::new();
    for line in text.lines() {
        let line = line.split("--").next().unwrap_or_default();
        let outside = line.split('\'').step_by(2);
        bare.extend(outside.map(|part| format!("{part}''")));
        bare.push(' ');
    }
    let parts = bare.split(';').map(|part| {
        let words: Vec<&str> = part.split_whitespace().collect();
        words.join(" ").trim_matches(['\'', ' ']).to_uppercase()
    });
    parts.filter(|part| !part.is_empty()).collect()
}

fn of_statement(statement: &str) -> Effect {
    let has = |word: &str| statement.split([' ', '(']).any(|it| it == word);
    let mut words = statement.split(' ');
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let is_data = ["TABLE", "DATABASE", "SCHEMA", "KEYSPACE", "TABLESPACE"].contains(&second);
    match first {
        "DROP" if is_data => Effect::Destroys,
        "DROP" => Effect::Removes,
        "TRUNCATE" => Effect::Destroys,
        "DELETE" | "UPDATE" if !has("WHERE") => Effect::Destroys,
        "ALTER" if has("DROP") && !has("CONSTRAINT") && !has("DEFAULT") && !has("NULL") => {
            Effect::Destroys
        }
        "SELECT" if statement.contains("PG_TERMINATE") || statement.contains("SETVAL(") => {
            Effect::Changes
        }
        "WITH" if ["DELETE", "UPDATE", "INSERT"].iter().any(|it| has(it)) => Effect::Changes,
        "SELECT" | "SHOW" | "EXPLAIN" | "DESCRIBE" | "DESC" | "WITH" | "BEGIN" | "COMMIT"
        | "SET" | "USE" | "ROLLBACK" | "TABLE" | "VALUES" | "PRAGMA" => Effect::Looks,
        _ if first.starts_with('\\') => Effect::Looks,
        "DELETE" | "UPDATE" | "ALTER" | "INSERT" | "CREATE" | "GRANT" | "REVOKE" | "MERGE"
        | "CALL" | "VACUUM" | "REINDEX" | "COPY" | "COMMENT" | "REFRESH" | "LOCK" | "REPLACE"
        | "OPTIMIZE" => Effect::Changes,
        _ => Effect::Unknown,
    }
}
