//! `--fix`: what was found is mended, what stands around it stays as it was to the byte.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

use holdpoint::audit::{Fix, Report, Settings, audit, mend};

use super::{clean, json, place};
use crate::sitting_kit::Place;

/// A waiver that nothing needs: it can be taken out.
const UNUSED: &str = "allow = [{ code = \"HP201\", why = \"nothing to take back\" }]\n";

fn with_waiver() -> String {
    clean().replace("run = [", &format!("{UNUSED}run = ["))
}

#[test]
fn only_what_was_found_changes() {
    let place = place();
    let odd = "\n  # odd   spaces\t stay\nwhy   =  'so'\n";
    let text =
        with_waiver().replace("title = \"Touch it\"\n", &format!("title = \"Touch it\"{odd}"));
    place.write("book.toml", &text);
    fs::set_permissions(place.path("book.toml"), fs::Permissions::from_mode(0o640)).unwrap();
    place.refuses(
        &["audit", "book.toml", "--fix", "--diff"],
        0,
        &[
            "book.toml: --fix would mend 1 finding",
            "HP702: remove the waiver",
            "- allow = [{ code = \"HP201\"",
            "1 runbook audited: 1 warning",
        ],
    );
    place
        .runs(&["audit", "book.toml", "--fix"])
        .ends(0, &["book.toml: 1 finding mended", "1 runbook audited: nothing found"]);
    assert_eq!(place.read("book.toml"), text.replace(UNUSED, ""));
    assert_eq!(fs::metadata(place.path("book.toml")).unwrap().mode() & 0o777, 0o640);
    let names: Vec<_> =
        fs::read_dir(place.path("")).unwrap().map(|it| it.unwrap().path()).collect();
    assert_eq!(names.len(), 2, "something is left beside it: {names:?}");
    place.refuses(&["audit", "book.toml", "--fix"], 0, &["nothing found"]);
}

#[test]
fn line_ends_and_the_rest_of_a_list_stay() {
    let place = place();
    let two = "allow = [{ code = \"HP601\", why = \"a\" },  { code = \"HP703\", why = \"b\" }, \
               { code = \"HP999\", why = \"c\" }]\r\n";
    let one = "allow = [{ code = \"HP703\", why = \"b\" }, { code = \"HP999\", why = \"c\" }]\r\n";
    let of =
        |allow: &str| clean().replace('\n', "\r\n").replace("run = [", &format!("{allow}run = ["));
    place.write("book.toml", of(two));
    let told = json(&place, &["book.toml", "--fix"], 0);
    assert_eq!(told["fixes"][0]["done"][0]["says"], "remove the waiver");
    assert_eq!(place.read("book.toml"), of(one));
}

#[test]
fn a_link_is_followed_and_said() {
    let place = place();
    fs::create_dir(place.path("real")).unwrap();
    place.write("real/book.toml", with_waiver());
    symlink("real/book.toml", place.path("link.toml")).unwrap();
    place
        .runs(&["audit", "link.toml", "--fix"])
        .ends(0, &["it is a link", "real/book.toml was written"]);
    assert!(fs::symlink_metadata(place.path("link.toml")).unwrap().is_symlink());
    assert_eq!(place.read("real/book.toml"), clean());
}

#[test]
fn what_may_not_be_written_stays_and_is_named() {
    let stays = |place: &Place, why: &str| {
        place.refuses(&["audit", "book.toml", "--fix"], 1, &["book.toml: cannot be mended", why]);
    };
    let one = place();
    one.write("book.toml", with_waiver());
    fs::hard_link(one.path("book.toml"), one.path("other")).unwrap();
    stays(&one, "it has several names");
    fs::remove_file(one.path("other")).unwrap();
    fs::set_permissions(one.path("book.toml"), fs::Permissions::from_mode(0o444)).unwrap();
    stays(&one, "it is read-only");
}

#[test]
fn diff_alone_is_no_wish() {
    place().runs(&["audit", "book.toml", "--diff"]).ends(2, &["--fix"]);
}

fn report(text: &str) -> (Report, Settings) {
    let levels = holdpoint::audit::RULES.iter().filter(|rule| !super::SHOWN.contains(&rule.code));
    let levels = levels.map(|rule| (rule.code.to_owned(), None)).collect();
    let settings = Settings { levels, ..Settings::default() };
    (audit("book.toml", text.as_bytes(), &settings), settings)
}

/// The report with another fix than its rule gave.
fn with_fix(text: &str, from: &str, to: &str, by: &str) -> (Report, Settings) {
    let (mut report, settings) = report(text);
    let begins = text.find(from).unwrap();
    let ends = begins + text[begins..].find(to).unwrap() + to.len();
    let fix = Fix { says: "try this".to_owned(), edits: vec![(begins..ends, by.to_owned())] };
    report.findings[0].fix = Some(fix);
    (report, settings)
}

#[test]
fn a_fix_that_does_something_else_is_refused() {
    let text = with_waiver();
    let table = [
        // No runbook any more.
        ("allow = ", "]", "allow = [", "no runbook"),
        ("format = 1", "1", "format = 9", "no runbook"),
        // A step becomes a comment to its end: the finding is gone, and so is what it did.
        (
            "irreversible = ",
            "run = [\"touch\", \"ran-{{version}}\"]",
            "check.file = { path = \"x\" }\nirreversible = \"\"",
            "no runbook",
        ),
        // Another finding instead.
        ("irreversible = ", "]\n", "", "another finding"),
        // Nothing of it.
        ("# nothing", "\n", "# nothing at all\n", "still be there"),
    ];
    let text = text.replace("[vars]", "# nothing\n[vars]");
    for (from, to, by, why) in table {
        let (report, settings) = with_fix(&text, from, to, by);
        let mended = mend(&report, &settings).unwrap();
        assert_eq!(mended.text, text, "{by}");
        let (_, told) = &mended.refused[0];
        assert!(told.contains(why), "{by}: {told}");
    }
}

#[test]
fn a_fix_that_changes_what_it_does_not_name_is_refused() {
    // A quote that is opened at one place and closed at another swallows what lies between: the
    // runbook would be one, and the finding gone, and the step's owner, too.
    let between = "why = \"so\"\nowner = \"team-orders\"\n";
    let text = clean().replace("run = [", &format!("{between}{UNUSED}run = ["));
    let (mut report, settings) = report(&text);
    let (so, allow) = (text.find("\"so\"").unwrap(), text.find(UNUSED).unwrap());
    let edits = |closed: &str| {
        let open = if closed.starts_with('"') { "\"\"" } else { "" };
        vec![(so..so, open.to_owned()), (allow..allow + UNUSED.len(), closed.to_owned())]
    };
    let fix = |edits| Some(Fix { says: "remove the waiver".to_owned(), edits });
    report.findings[0].fix = fix(edits("\"\"\"\n"));
    let mended = mend(&report, &settings).unwrap();
    assert_eq!(mended.text, text);
    assert_eq!(mended.refused[0].1, "something else in the file would mean something else");
    // The same places, and nothing swallowed.
    report.findings[0].fix = fix(edits(""));
    let mended = mend(&report, &settings).unwrap();
    assert_eq!((mended.done.len(), mended.text), (1, text.replace(UNUSED, "")));
}

#[test]
fn fixes_of_one_file_are_made_one_after_the_other() {
    let text = with_waiver().replace("[[phase]]\n", &format!("[[phase]]\n{UNUSED}"));
    let (report, settings) = report(&text);
    let fixable = report.findings.iter().filter(|it| it.fix.is_some()).count();
    assert_eq!(fixable, 9);
    let mended = mend(&report, &settings).unwrap();
    assert_eq!((mended.done.len(), mended.text), (9, clean()));
}
