//! SIGKILL at random moments of the drill, from the window that fails to the end of the rollback,
//! against a ledger of what really happened: nothing is taken back twice or without having run, no
//! window is cut short, and the end is the same as without a kill.
//!
//! The runbook is the shipped one, word for word, but for shorter windows, a trace in the ledger,
//! and one undo that may not be started again without asking; the greeter waits less for its ink.
//! `HOLDPOINT_KILLS` sets how many kills, `HOLDPOINT_SEED` the first seed.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tempfile::TempDir;

use super::ordeal::{Ordeal, Tally, Whole};
use crate::greeter_kit::copy;
use crate::kills::Random;

/// How many kills one session lives through.
const EACH: u32 = 16;

/// A process starts, recovers, and puts its first question in about this.
const BEGINNING: Duration = Duration::from_millis(200);

/// Sessions at once: most of each is waiting.
const AT_ONCE: usize = 6;

/// What is otherwise than in the shipped runbook.
const CHANGES: [(&str, &str); 9] = [
    (r#"run = ["rustc", "--version"], stdout_matches = '^rustc \d+\.\d+'"#, r#"run = ["true"]"#),
    (r#""sh", "runbooks/quickstart/deploy.sh", "--in", "target/drill""#, r#""sh", "traced.sh""#),
    (r#"for = "6s", every = "1s""#, r#"for = "1200ms", every = "150ms""#),
    (r#"for = "3s", every = "1s""#, r#"for = "300ms", every = "50ms""#),
    // So that there is ink for a few samples more, before the window fails.
    ("\"--times\", \"12\"", "\"--times\", \"4\""),
    ("all 12 answered", "all 4 answered"),
    ("\"uninstall\", \"{{version}}\"]\nidempotent = true", "\"uninstall\", \"{{version}}\"]"),
    (
        "shell = '''\necho \"greeter $version was taken back",
        "shell = '''\nexec 9>> \"lock.$0\"; flock -n 9 || echo \"overlap $0 $$\" >> ledger\n\
         echo \"begin $0 $$\" >> ledger\nsleep 0.03\necho \"greeter $version was taken back",
    ),
    (
        "serves\" >> target/drill/announcements\ntail -n 1",
        "serves\" >> target/drill/announcements\necho \"effect $0 $$\" >> ledger\nsleep 0.03\n\
         tail -n 1",
    ),
];

fn book() -> String {
    let mut text = include_str!("../../../runbooks/rollback-drill.toml").to_owned();
    for (ours, theirs) in CHANGES {
        assert!(text.contains(ours), "the drill says no more: {ours}");
        text = text.replace(ours, theirs);
    }
    text
}

/// A folder with everything that a session needs, both versions built already.
fn prepared() -> TempDir {
    let place = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    copy(&root.join("runbooks"), &place.path().join("runbooks"));
    let flaw = place.path().join("runbooks/quickstart/flaw.rs");
    let text = fs::read_to_string(&flaw).unwrap();
    assert!(text.contains("from_millis(700)"), "the flaw waits otherwise");
    fs::write(flaw, text.replace("from_millis(700)", "from_millis(20)")).unwrap();
    fs::write(place.path().join("book.toml"), book()).unwrap();
    fs::write(place.path().join("traced.sh"), include_str!("traced.sh")).unwrap();
    fs::write(place.path().join("ledger"), "").unwrap();
    for version in [&["1.1.0"][..], &["1.2.0", "dry-pen"]] {
        let mut build = Command::new("sh");
        build.args(["runbooks/quickstart/deploy.sh", "--in", "target/drill", "build"]);
        let built = build.args(version).current_dir(place.path()).output().unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    }
    place
}

#[test]
fn five_hundred_kills_take_nothing_back_twice_and_cut_no_window_short() {
    let number = |name| std::env::var(name).ok().and_then(|text: String| text.parse().ok());
    let wanted = number("HOLDPOINT_KILLS").unwrap_or(500);
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let first = number("HOLDPOINT_SEED").unwrap_or_else(|| now().try_into().unwrap_or(1));
    println!("first seed {first}");
    let prepared = prepared();
    let mut tally = Tally::default();
    let control =
        Ordeal::of(prepared.path(), &mut Random(first), &mut tally).goes_to_its_end(&mut |_| None);
    println!(
        "without a kill: {} entries behind the last gate, {:?}",
        control.entries, control.took
    );
    let (seeds, total) = (AtomicU64::new(first), Mutex::new(Tally::default()));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while total.lock().expect("no session failed").kills < wanted {
                    let seed = seeds.fetch_add(1, Ordering::Relaxed);
                    println!("session with seed {seed}");
                    let tally = one_session(seed, prepared.path(), &control);
                    total.lock().expect("no session failed").add(tally);
                }
            });
        }
    });
    let total = total.into_inner().expect("no session failed");
    println!("{total:#?}");
    if wanted >= 500 {
        is_spread(&total);
    }
}

fn one_session(seed: u64, prepared: &Path, control: &Whole) -> Tally {
    let (mut random, mut tally, mut left) = (Random(seed), Tally::default(), EACH);
    let mut person = Random(!seed);
    let whole = Ordeal::of(prepared, &mut person, &mut tally).goes_to_its_end(&mut |entries| {
        left = left.checked_sub(1)?;
        // Anywhere in what is still to come, and more often at its beginning: a start, a recovery.
        let over = u32::try_from(entries * 1000 / control.entries).unwrap_or(1000).min(800);
        let rest = control.took.mul_f64(f64::from(1000 - over) / 1000.0);
        let most = match random.fraction() {
            chance if chance < 0.2 => rest.min(BEGINNING),
            chance if chance < 0.8 => rest.min(BEGINNING * 3),
            _ => rest,
        };
        Some(most.mul_f64(random.fraction()))
    });
    assert_eq!(whole.outcomes, control.outcomes, "seed {seed} came to another end");
    tally
}

/// The kills must have been where it hurts, or nothing was shown.
fn is_spread(total: &Tally) {
    for place in ["in the window that fails", "rolling back", "in the window behind"] {
        let kills = total.places.get(place).copied().unwrap_or(0);
        assert!(kills >= 40, "only {kills} kills {place}");
    }
    for event in ["step started", "step acted", "step sampled", "asked"] {
        assert!(total.behind.contains_key(event), "no kill right behind `{event}`");
    }
    assert!(total.doubts >= 20 && total.left_running >= 5, "too few doubts");
    assert!(total.torn_tails >= 10, "too few torn tails");
}
