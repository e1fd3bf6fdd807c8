//! What a finding offers as a fix mends it, and brings nothing else with it.

use std::fs;

use holdpoint::audit::{Settings, mend};

use super::cases::in_runbook;
use super::{TODAY, folder, names, report};

#[test]
fn every_fix_of_every_case_mends() {
    let settings = Settings { today: TODAY.to_owned(), ..Settings::default() };
    let mut mended_codes = std::collections::BTreeSet::new();
    for code in names(&folder("tests/cases/audit"), ".toml") {
        let text = fs::read_to_string(folder("tests/cases/audit").join(format!("{code}.toml")));
        for case in format!("\n{}", text.unwrap()).split("\n#! finds: ").skip(1) {
            let (_, case) = case.split_once('\n').expect("a case has lines");
            let case = case.split("\n#! ").next().expect("a first part");
            let whole = in_runbook(case);
            let Some(mended) = mend(&report(&whole), &settings) else { continue };
            assert!(mended.refused.is_empty(), "{code}: {:#?}\n{whole}", mended.refused);
            mended_codes.extend(mended.done.iter().map(|finding| finding.code));
            let open = report(&mended.text).findings;
            assert!(open.iter().all(|finding| finding.fix.is_none()), "{open:#?}\n{}", mended.text);
        }
    }
    for code in ["HP301", "HP506"] {
        assert!(mended_codes.contains(code), "{code}: {mended_codes:?}");
    }
}
