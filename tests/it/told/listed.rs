//! How `status` lists sessions.

use std::fs;

use crate::sitting_kit::Place;

#[test]
fn what_goes_on_is_listed_before_what_has_ended_in_one_column() {
    let place = Place::held();
    fs::create_dir(place.path("all")).unwrap();
    fs::rename(place.path("j.md"), place.path("all/z-held.md")).unwrap();
    let aborted = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/journals/format-1-aborted.md");
    fs::copy(aborted, place.path("all/a.md")).unwrap();
    let mut person = place.sits(&["run", "book.toml", "--new", "--journal", "all/b.md"]);
    person.answers("proceed");
    person.sees("Last gate");
    person.answers("rollback");
    person.sees("Roll back?");
    person.answers("proceed");
    person.sees("Why (what did you see)");
    person.types("it is slow\r");
    assert_eq!(person.leaves_with(), 3);
    let told = place.runs(&["status", "all"]);
    told.ends(0, &[]);
    let heads: Vec<&str> = told.out.lines().filter(|line| !line.starts_with(' ')).collect();
    let below: Vec<&str> = told.out.lines().filter(|line| line.starts_with(' ')).collect();
    assert_eq!(
        heads,
        [
            "held                       all/z-held.md",
            "aborted                    all/a.md",
            "rolled back, not verified  all/b.md",
        ]
    );
    assert!(below.iter().all(|line| line.find(|c| c != ' ') == Some(27)), "{}", told.out);
}
