//! What command lines do: the tables of commands against `tests/cases/commands.txt`.

use std::fs;

use holdpoint::audit::{
    Call, Effect, adds_up, asks_nobody, calls_of_script, effect, is_interactive,
};

use super::folder;

fn worst(line: &str) -> Effect {
    calls_of_script(line).iter().map(effect).max().unwrap_or(Effect::Unknown)
}

#[test]
fn command_lines_do_what_the_tables_say() {
    let cases = fs::read_to_string(folder("tests/cases/commands.txt")).unwrap();
    let mut wrong = Vec::new();
    for case in cases.lines().filter(|line| !line.starts_with('#')) {
        let (wanted, line) = case.split_once(" | ").expect("effect | command line");
        let found = format!("{:?}", worst(line)).to_lowercase();
        if found != wanted.replace('-', "") {
            wrong.push(format!("{line}: {found}, not {wanted}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn scripts_within_scripts_are_read() {
    let script = "psql orders <<SQL\nDROP TABLE orders;\nSQL\n";
    assert_eq!(worst(script), Effect::Destroys);
    let script = "ssh db1 <<'END'\nset -e\ndropdb orders\nEND\n";
    assert_eq!(worst(script), Effect::Destroys);
    let quoted = calls_of_script("ssh db1 'cd /srv && dropdb orders'");
    let inner = quoted.iter().find(|call| call.program() == "dropdb").expect("is read");
    assert_eq!(inner.place, 20..33, "it stands where it is written");
}

fn any(line: &str, is: impl Fn(&Call) -> bool) -> bool {
    calls_of_script(line).iter().any(is)
}

#[test]
fn who_waits_for_a_person_is_known() {
    for line in
        ["psql orders", "vim notes", "ssh web1", "terraform apply", "tail -f log", "git commit"]
    {
        assert!(any(line, is_interactive), "{line}");
    }
    for line in [
        "psql -f migrate.sql",
        "psql orders < dump.sql",
        "cat dump.sql | psql orders",
        "ssh web1 uptime",
        "terraform apply tfplan",
        "git commit -m done",
        "tail -n 5 log",
        "python3 manage.py migrate",
    ] {
        assert!(!any(line, is_interactive), "{line}");
    }
}

#[test]
fn what_asks_nobody_and_what_adds_up_is_known() {
    assert!(any("terraform apply -auto-approve", |call| asks_nobody(call) == Some(2)));
    assert!(!any("terraform apply tfplan", |call| asks_nobody(call).is_some()));
    assert!(!any("apt-get install -y nginx", |call| asks_nobody(call).is_some()));
    for line in ["echo x >> ~/.profile", "git tag v1", "psql -c 'INSERT INTO a VALUES (1)'"] {
        assert!(any(line, adds_up), "{line}");
    }
    for line in [
        "echo x > file",
        "git tag -f v1",
        "psql -c 'INSERT INTO a VALUES (1) ON CONFLICT DO NOTHING'",
        "mkdir -p out",
        "kubectl create ns x --dry-run=client -o yaml",
    ] {
        assert!(!any(line, adds_up), "{line}");
    }
}
