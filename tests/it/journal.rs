//! The journal's bytes: what is written reads back, what is cut is recovered, what is changed is
//! found. Faults of a disk are in `faults`, forged output in `forge`.

use holdpoint::journal::{Damage, End, Journal, Log, What, scan};
use holdpoint::session::{Entry, Event};
use holdpoint::value::{Digest, Moment, Person};
use proptest::prelude::*;

use crate::disk::{Disk, Shared};
use crate::hostile::{self, Source, Written};

/// The entries of a journal, whether or not such things can happen one after the other.
fn read(bytes: &[u8]) -> Result<(Vec<Entry>, Log), Damage> {
    let mut entries = Vec::new();
    let log = scan(bytes, &mut |entry| {
        entries.push(entry);
        Ok(())
    })?;
    Ok((entries, log))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]
    #[test]
    fn every_event_reads_back(seed: u64, event in hostile::event()) {
        let mut written = Source::new(seed).journal(&hostile::noted(), 0);
        let at = holdpoint::value::Moment::from_millis((seed >> 12).cast_signed());
        written.add(Entry { seq: 2, at, event });
        let (entries, log) = read(&written.bytes).unwrap();
        prop_assert_eq!(entries, written.entries);
        prop_assert_eq!(log.seal, written.seal);
        prop_assert_eq!(log.end, End::Clean);
    }
}

/// Reads what is left, recovers it where it must be, appends, and reads again: the whole entries,
/// the account of what was torn, the new entry, nothing else.
fn goes_on(left: &[u8], whole: usize, written: &Written) {
    let (entries, log) = read(left).unwrap();
    assert_eq!(entries, written.entries[..whole]);
    let torn = match log.end {
        End::Clean => None,
        End::Torn { at, bytes } => {
            assert_eq!(at + bytes, left.len());
            Some(left[at..].to_vec())
        }
    };
    let disk = Shared::new(Disk::holding(left));
    let mut journal = Journal::resume(disk.clone(), left.to_vec(), now()).unwrap();
    let expected = whole + usize::from(torn.is_some());
    assert_eq!(journal.entries().len(), expected);
    journal.record(now(), note("on")).unwrap();
    let disk = disk.disk();
    let (again, log) = read(disk.seen().unwrap()).unwrap();
    assert_eq!(disk.seen(), disk.durable());
    assert_eq!(again.len(), expected + 1);
    assert_eq!(again[..whole], written.entries[..whole]);
    assert_eq!(log.end, End::Clean);
    if let Some(torn) = torn {
        let Event::Recovered(recovered) = &again[whole].event else { panic!("{:?}", again[whole]) };
        assert_eq!(recovered.bytes, torn.len() as u64);
        assert_eq!(recovered.digest, Digest::of(&torn));
        assert_eq!(disk.aside, [(recovered.kept_in.clone(), torn)]);
    }
}

fn now() -> Moment {
    Moment::from_millis(1_800_000_000_000)
}

fn note(text: &str) -> Event {
    let by = Person { user: "ada".to_owned(), host: "laptop".to_owned() };
    Event::Noted { by, text: text.to_owned(), learning: false }
}

#[test]
fn a_log_cut_after_any_byte_goes_on_from_the_last_whole_entry() {
    let mut cuts = 0;
    for seed in 0.. {
        let written = Source::new(seed).journal(&hostile::noted(), 4_000);
        let first = written.places[0].1;
        for cut in first..=written.bytes.len() {
            goes_on(&written.bytes[..cut], written.whole_at(cut), &written);
            cuts += 1;
        }
        if cuts >= 45_000 {
            break;
        }
    }
}

#[test]
fn a_long_log_cut_anywhere_goes_on() {
    let written = Source::new(1).journal(&hostile::noted(), 47_000);
    let first = written.places[0].1;
    assert!(written.bytes.len() - first >= 45_000);
    for cut in (first..=written.bytes.len()).step_by(41) {
        goes_on(&written.bytes[..cut], written.whole_at(cut), &written);
    }
}

#[test]
fn every_kind_of_entry_cut_after_any_byte_is_torn() {
    let mut source = Source::new(2);
    for _ in 0..150 {
        let mut written = source.journal(&hostile::noted(), 0);
        written.add(source.entry(2, &hostile::event()));
        let (from, to) = written.places[1];
        for cut in from + 1..to {
            let (entries, log) = read(&written.bytes[..cut]).unwrap();
            assert_eq!(entries, written.entries[..1]);
            assert_eq!(log.end, End::Torn { at: from, bytes: cut - from });
        }
    }
}

#[test]
fn a_journal_without_a_whole_first_entry_is_no_session() {
    let written = Source::new(3).journal(&hostile::noted(), 0);
    for cut in 0..written.places[0].1 {
        let damage = read(&written.bytes[..cut]).unwrap_err();
        assert!(matches!(damage.what, What::NoLog | What::NoSession(_)), "{cut}: {damage}");
        assert!(damage.entry <= 1);
    }
}

#[test]
fn a_cut_log_filled_with_zeros_goes_on() {
    let written = Source::new(4).journal(&hostile::noted(), 9_000);
    let first = written.places[0].1;
    let mut filled = 0;
    for cut in first..=written.bytes.len() {
        let mut left = written.bytes[..cut].to_vec();
        left.resize(cut.next_multiple_of(512), 0);
        let whole = written.whole_at(cut);
        goes_on(&left, whole, &written);
        filled += usize::from(left.len() > cut);
    }
    assert!(filled >= 6_900);
}

/// What a loss of power in the last append leaves: any length, any of its sectors missing.
#[test]
fn a_loss_of_power_in_an_append_goes_on() {
    let mut source = Source::new(5);
    let mut torn = 0;
    for _ in 0..500 {
        let mut written = source.journal(&hostile::noted(), 0);
        let before = written.bytes.len();
        let mut entry = source.entry(2, &hostile::acted());
        while entry_is_short(&entry) {
            entry = source.entry(2, &hostile::acted());
        }
        written.add(entry);
        for _ in 0..400 {
            let len = before + source.below(written.bytes.len() - before + 1);
            let mut left = written.bytes[..len].to_vec();
            for sector in (before / 512..len.div_ceil(512)).filter(|_| source.below(3) == 0) {
                left[(sector * 512).max(before)..((sector + 1) * 512).min(len)].fill(0);
            }
            let whole = if left[before..] == written.bytes[before..][..len - before] {
                written.whole_at(len)
            } else if left.get(..written.places[1].1) == Some(&written.bytes[..written.places[1].1])
            {
                2
            } else {
                1
            };
            let told = |damage| panic!("{damage}: {:?}", String::from_utf8_lossy(&left[before..]));
            let (entries, log) = read(&left).unwrap_or_else(told);
            assert_eq!(entries, written.entries[..whole]);
            torn += usize::from(log.end != End::Clean);
        }
    }
    assert!(torn > 150_000, "{torn}");
}

fn entry_is_short(entry: &Entry) -> bool {
    let Event::Acted { output, .. } = &entry.event else { return true };
    output.head.len() + output.tail.len() < 60
}

#[test]
fn a_changed_byte_is_found_and_never_taken_for_a_torn_end() {
    let written = Source::new(6).journal(&hostile::event(), 8_000);
    let mut flips = 0;
    let mut left = written.bytes.clone();
    let log = hostile::HEAD.len();
    for at in log..left.len() {
        for mask in [0x01, 0x20, 0x80] {
            left[at] ^= mask;
            match read(&left) {
                Err(_found) => {}
                // The last line feed parts nothing yet, and is not sealed yet.
                Ok((entries, _)) => panic!("byte {at} ^ {mask:02x}: {} entries", entries.len()),
            }
            left[at] ^= mask;
            flips += 1;
        }
    }
    assert!(flips >= 20_000, "{flips}");
    assert_eq!(left, written.bytes);
}

#[test]
fn an_entry_that_was_moved_doubled_or_taken_out_is_found() {
    let mut tried = 0;
    for seed in 7..17 {
        let written = Source::new(seed).journal(&hostile::event(), 6_000);
        let head = &written.bytes[..written.places[0].0];
        let pieces: Vec<&[u8]> = written
            .places
            .iter()
            .enumerate()
            .map(|(number, (from, to))| {
                let end = written.places.get(number + 1).map_or(to + 1, |(next, _)| *next);
                &written.bytes[*from..end]
            })
            .collect();
        let all: Vec<usize> = (0..pieces.len()).collect();
        let mut orders = Vec::new();
        for one in 0..all.len() {
            for other in one + 1..all.len() {
                let mut swapped = all.clone();
                swapped.swap(one, other);
                orders.push(swapped);
            }
            for place in 0..=all.len() {
                let mut doubled = all.clone();
                doubled.insert(place, one);
                orders.push(doubled);
            }
            let mut without = all.clone();
            without.remove(one);
            // Without its last entry a journal is a whole one: only something outside can tell.
            if one + 1 < all.len() {
                orders.push(without);
            }
        }
        for order in orders {
            let log: Vec<&[u8]> = order.iter().map(|number| pieces[*number]).collect();
            let left = [head, &log.concat()].concat();
            let damage = read(&left).expect_err("entries in another order");
            assert!(damage.byte < left.len() && damage.entry <= 1 + order.len() as u64);
            tried += 1;
        }
    }
    assert!(tried >= 2_500, "{tried}");
}

fn what(bytes: &[u8]) -> What {
    read(bytes).unwrap_err().what
}

#[test]
fn what_happened_to_a_file_is_called_by_its_name() {
    let written = Source::new(18).journal(&hostile::noted(), 3_000);
    let text = String::from_utf8(written.bytes.clone()).unwrap();
    assert_eq!(what(text.replace('\n', "\r\n").as_bytes()), What::LineEnds);
    let (head, log) = text.split_once("## Progress Log\n").unwrap();
    let log_only = format!("{head}## Progress Log\n{}", log.replace('\n', "\r\n"));
    assert_eq!(what(log_only.as_bytes()), What::LineEnds);
    let utf16: Vec<u8> =
        [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_eq!(what(&utf16), What::Utf16);
    assert_eq!(what(format!("\u{feff}## Progress Log\n{log}").as_bytes()), What::ByteOrderMark);
    let (second, _) = written.places[1];
    let (ours, theirs) = text.split_at(second);
    for mark in ["<<<<<<< HEAD\n", "=======\n", ">>>>>>> other\n"] {
        assert_eq!(what(format!("{ours}{mark}{theirs}").as_bytes()), What::Conflict);
    }
    let newer = text.replace("- format: `1`", "- format: `2`").replace("- session", "- whatever");
    assert_eq!(what(newer.as_bytes()), What::Format("2".to_owned()));
    assert_eq!(what(b"# Notes\n\nBuy milk.\n"), What::NoLog);
    assert_eq!(what(b""), What::NoLog);
    assert!(matches!(what(b"## Progress Log\n- did things\n"), What::NoSession(_)));
    let without = [&text[..second], &text[written.places[2].0..]].concat();
    assert_eq!(what(without.as_bytes()), What::Order(3));
    let told = read(without.as_bytes()).unwrap_err();
    assert_eq!((told.entry, told.byte), (2, second + 1));
    assert_eq!(told.line, text[..=second].lines().count() + 1);
}

/// Editors add or take the last line feed, put a byte order mark before the head, rewrite it.
#[test]
fn what_editors_do_outside_the_log_changes_nothing() {
    let written = Source::new(19).journal(&hostile::noted(), 3_000);
    let text = String::from_utf8(written.bytes.clone()).unwrap();
    let (_, log) = text.split_once("## Progress Log\n").unwrap();
    for other in [
        text.trim_end().to_owned(),
        format!("\u{feff}{text}"),
        format!("# My own words\n\nseal 1\n### 9 - \r\n## Progress Log\n{log}"),
    ] {
        let (entries, log) = read(other.as_bytes()).unwrap();
        assert_eq!(entries, written.entries);
        assert_eq!(log.end, End::Clean);
        goes_on_from(other.as_bytes(), &written);
    }
}

fn goes_on_from(bytes: &[u8], written: &Written) {
    goes_on(bytes, written.entries.len(), written);
}

/// Whatever bytes: an answer, in time linear in their number.
#[test]
fn garbage_is_refused() {
    let mut source = Source::new(21);
    let written = source.journal(&hostile::noted(), 2_000);
    let garbage = prop::collection::vec(any::<u8>(), 1..200).boxed();
    for _ in 0..20_000 {
        let mut left = written.bytes.clone();
        let behind = source.draw(&garbage);
        left.extend_from_slice(&behind);
        match read(&left) {
            Err(damage) => assert!(damage.byte >= written.bytes.len()),
            Ok((entries, log)) => {
                assert_eq!(entries, written.entries);
                let torn = behind.iter().all(|byte| *byte == 0) || b"\n### ".starts_with(&behind);
                assert!(torn && log.end != End::Clean, "{behind:?}");
            }
        }
    }
}

/// Whoever changes an entry and seals it again must seal every later one again, too.
#[test]
fn an_entry_that_was_changed_and_sealed_again_does_not_fit_the_next_seal() {
    let written = Source::new(22).journal(&hostile::event(), 8_000);
    for number in 1..written.entries.len() - 1 {
        let mut forged = Written::begun(written.entries[0].clone());
        written.entries[1..number].iter().for_each(|entry| forged.add(entry.clone()));
        let mut changed = written.entries[number].clone();
        changed.event = note("nothing happened here");
        forged.add(changed);
        let (next, _) = written.places[number + 1];
        let left = [&forged.bytes, &written.bytes[next..]].concat();
        let damage = read(&left).unwrap_err();
        assert_eq!((damage.what, damage.entry), (What::Seal, number as u64 + 2));
    }
}
