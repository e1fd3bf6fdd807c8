//! How problems look: each `NAME.toml` in `tests/cases/problems` has its picture in `NAME.txt`.
//! With `UPDATE=1` in the environment the pictures are drawn anew.

use holdpoint::runbook::{Runbook, Style};

#[test]
fn problems_look_as_drawn() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/problems");
    let mut cases = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|end| end != "toml") {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        let shown = match Runbook::from_bytes(name, &bytes) {
            Ok(_) => "no problem\n".to_owned(),
            Err(problems) => problems.show(Style::Plain),
        };
        let picture = path.with_extension("txt");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&picture, &shown).unwrap();
        }
        let drawn = std::fs::read_to_string(&picture).unwrap_or_default();
        assert_eq!(shown, drawn, "{name} looks different: run with UPDATE=1 and look at it");
        cases += 1;
    }
    assert!(cases > 3, "the cases are gone");
}

#[test]
fn programs_get_the_same_places() {
    let text = "format = 1\nrunbook = { id = \"é\", titel = \"x\" }\n";
    let problems = Runbook::parse("r.toml", text).unwrap_err();
    let json = problems.to_json();
    let titel = json["problems"]
        .as_array()
        .unwrap()
        .iter()
        .find(|problem| problem["code"] == "HP010")
        .unwrap();
    assert_eq!(
        (&titel["line"], &titel["column"], &titel["length"]),
        (&2.into(), &23.into(), &5.into())
    );
    assert_eq!(titel["help"], "did you mean `title`?");
    assert_eq!(json["count"], problems.count());
}
