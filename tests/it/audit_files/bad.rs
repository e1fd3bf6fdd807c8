//! Bad input: each is named with its reason, and the rest is audited all the same.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use rustix::fs::{CWD, FileType, Mode, mknodat};

use super::{clean, faulty, json, place};

#[test]
fn what_cannot_be_audited_is_named_and_the_rest_goes_on() {
    let place = place();
    place.write("clean.toml", clean());
    fs::create_dir(place.path("empty")).unwrap();
    fs::create_dir(place.path("folder.toml")).unwrap();
    fs::create_dir(place.path("bare")).unwrap();
    place.write("bare/Cargo.toml", "[package]\n");
    mknodat(CWD, place.path("fifo.toml"), FileType::Fifo, Mode::RWXU, 0).unwrap();
    symlink("nowhere", place.path("dangling.toml")).unwrap();
    symlink("loop.toml", place.path("loop.toml")).unwrap();
    let table = [
        ("missing.toml", "there is no such file"),
        ("empty", "there is no runbook in it"),
        ("bare", "there is no runbook in it"),
        ("folder.toml", "there is no runbook in it"),
        ("fifo.toml", "it is no plain file"),
        ("dangling.toml", "there is no such file"),
        ("loop.toml", "a loop"),
        ("clean.toml/x.toml", "ot a directory"),
    ];
    for (name, why) in table {
        let ran = place.runs(&["audit", name, "clean.toml"]);
        ran.ends(2, &[&format!("error: cannot audit `{name}`"), why]);
        ran.ends(2, &["1 runbook audited: nothing found"]);
    }
    // Findings come first: they are what the audit is for.
    place.write("faulty.toml", faulty());
    place
        .runs(&["audit", "missing.toml", "faulty.toml", "--deny", "warning"])
        .ends(3, &["missing"]);
}

#[test]
fn what_is_named_outright_is_judged() {
    let place = place();
    place.write("binary.toml", [0x7f, b'E', b'L', b'F', 0xff, 0, 1]);
    place.write("huge.toml", "# much\n".repeat(1_500_000));
    place.write("Cargo.toml", "[package]\nname = \"x\"\n");
    place.write("torn.toml", "format = 1\n[runbook\n");
    place.write("zero.toml", "");
    for (name, parts) in [
        ("binary.toml", ["HP002", "is not UTF-8"]),
        ("huge.toml", ["HP001", "more than 1048576 bytes"]),
        ("Cargo.toml", ["HP010", "it is no runbook"]),
        ("torn.toml", ["torn.toml:2:", "it is no runbook"]),
        ("zero.toml", ["HP011", "no `format`"]),
    ] {
        place.runs(&["audit", name]).ends(3, &parts);
    }
}

#[test]
fn in_a_folder_only_runbooks_are_judged() {
    let place = place();
    fs::create_dir_all(place.path("all/x.toml")).unwrap();
    place.write("all/binary.toml", [0x7f, b'E', b'L', b'F', 0xff, 0, 1]);
    place.write("all/huge.toml", "# much\n".repeat(1_500_000));
    place.write("all/Cargo.toml", "[package]\nname = \"x\"\n");
    place.write("all/holdpoint.toml", "[audit]\n");
    place.write("all/x.toml/clean.toml", clean());
    let ran = place.runs(&["audit", "all", "--deny", "note"]);
    let passed = "passed over 4 files that no runbook begins in: all/Cargo.toml, \
                  all/binary.toml (no text), all/holdpoint.toml, all/huge.toml";
    ran.ends(0, &["1 runbook audited: nothing found", passed]);
    place.write("all/torn.toml", "format = 1\n[runbook\n");
    place.write("all/latin.toml", b"[runbook]\ntitle = \"gr\xfc\xdfe\"\n");
    place.runs(&["audit", "all"]).ends(3, &["all/torn.toml:2:", "HP002", "3 runbooks audited"]);
}

#[test]
fn what_may_not_be_read_is_named() {
    let place = place();
    fs::create_dir_all(place.path("all/closed")).unwrap();
    place.write("all/clean.toml", clean());
    place.write("all/secret.toml", clean());
    place.write("all/closed/inner.toml", clean());
    fs::set_permissions(place.path("all/secret.toml"), fs::Permissions::from_mode(0o000)).unwrap();
    fs::set_permissions(place.path("all/closed"), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(place.path("all/secret.toml")).is_ok() {
        // Whoever runs this may read everything.
        return;
    }
    let told = json(&place, &["all"], 2);
    fs::set_permissions(place.path("all/closed"), fs::Permissions::from_mode(0o700)).unwrap();
    let refused = told["not_audited"].as_array().unwrap();
    let names: Vec<_> = refused.iter().map(|it| (&it["path"], &it["why"])).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names.iter().all(|(_, why)| *why == "you may not read it"), "{names:?}");
    assert_eq!(told["counts"]["runbooks"], 1);
}

#[test]
fn links_of_folders_are_followed_once() {
    let place = place();
    fs::create_dir_all(place.path("all/one")).unwrap();
    fs::create_dir_all(place.path("beside")).unwrap();
    place.write("all/one/a.toml", clean());
    place.write("beside/b.toml", clean());
    symlink("../../all", place.path("all/one/up")).unwrap();
    symlink("one", place.path("all/twin")).unwrap();
    symlink("../beside", place.path("all/beside")).unwrap();
    symlink("../../beside", place.path("all/one/beside")).unwrap();
    let told = json(&place, &["all"], 2);
    let paths: Vec<_> =
        told["runbooks"].as_array().unwrap().iter().map(|it| it["path"].clone()).collect();
    assert_eq!(paths, ["all/beside/b.toml", "all/one/a.toml"]);
    assert_eq!(told["not_audited"][0]["path"], "all/one/up");
    assert_eq!(told["not_audited"].as_array().unwrap().len(), 1);
}

#[test]
fn nothing_of_a_file_or_its_name_acts() {
    let place = place();
    let evil = "\u{1b}[2J\u{9b}1m\u{202e}\u{7}";
    let name = format!("evil{evil}.toml");
    let title = "title = \"A rehearsal\"";
    let escaped = "\\u001B[2J\\u009b1m\\u202E\\u0007";
    place.write(
        &name,
        faulty().replace(title, &format!("title = \"x{escaped}\"\n\"{escaped}\" = 1")),
    );
    place.write(
        "allow.toml",
        clean().replace(
            "run = [",
            &format!("allow = [{{ code = \"HP201\", why = \"x # {evil} y\" }}]\nrun = ["),
        ),
    );
    for format in ["text", "json", "sarif"] {
        for more in [[].as_slice(), &["--show-waived"], &["--fix", "--diff"]] {
            let paths = [".", &name, "missing\u{1b}[2J"];
            let ran = place.runs(&[&["audit", "--format", format], more, &paths].concat());
            ran.ends(3, &["\\u"]);
            assert!(!ran.out.contains(['\u{202e}', '\u{9b}']), "{format}");
            assert!(!ran.err.contains(['\u{202e}', '\u{9b}']), "{format}");
        }
    }
}

#[test]
fn scripts_without_an_end_do_no_harm() {
    let place = place();
    let nested = format!("shell = '''{}{}'''\n", "$(".repeat(100_000), ")".repeat(100_000));
    let many = format!("shell = '''{}'''\n", "{ (".repeat(150_000));
    let run = "run = [\"touch\", \"ran-{{version}}\"]";
    for shell in [nested, many] {
        place.write("deep.toml", clean().replace(run, &shell));
        let ran = place.runs(&["audit", "deep.toml"]);
        assert!(matches!(ran.code, Some(0 | 3)), "{:?} {}", ran.code, ran.err);
    }
}
