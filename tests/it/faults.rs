//! A disk that fails, fills up or loses power, at every operation of a journal's life: what was
//! acknowledged stays, what stays verifies, and nothing is believed that is not durable.

use holdpoint::journal::{End, Error, History, Journal};
use holdpoint::session::{Entry, Event, Opened, Session};
use holdpoint::value::{Moment, Person};
use rustix::io::Errno;

use crate::disk::{Arrives, Disk, Fault, Shared, Without};
use crate::hostile::{self, Source};

fn now() -> Moment {
    Moment::from_millis(1_800_000_000_000)
}

fn opened() -> Opened {
    Source::new(1).draw(&hostile::opened())
}

fn note(text: String) -> Event {
    let by = Person { user: "ada".to_owned(), host: "laptop".to_owned() };
    Event::Noted { by, text, learning: false }
}

fn head(_session: &Session, entries: &[Entry]) -> String {
    format!("# Deployment\n\nDrawn from entry {}.\n", entries.len())
}

/// How often the head is drawn anew in a life, and how much is recorded.
const NOTES: usize = 52;

/// A whole life of a journal on this disk. Gives what was acknowledged. Whoever is told that an
/// entry was not written tries once more, and goes home when the journal has stopped.
fn live(disk: &Shared) -> Vec<Entry> {
    let Ok(mut journal) = Journal::create(disk.clone(), now(), opened(), &head) else {
        return Vec::new();
    };
    let acknowledged = |journal: &Journal<Shared>| {
        disk.0.borrow_mut().acknowledged = journal.entries().len() as u64;
    };
    acknowledged(&journal);
    for number in 0..NOTES {
        for _try in 0..2 {
            match journal.record(now(), note(format!("note {number}\n").repeat(number % 9))) {
                Ok(_) => break,
                Err(Error::Stopped { .. }) => return journal.entries().to_vec(),
                Err(Error::Write { .. }) => {}
                Err(other) => panic!("{other}"),
            }
        }
        acknowledged(&journal);
        if number % 5 == 4
            && let Err(Error::Stopped { .. }) = journal.redraw(&head)
        {
            return journal.entries().to_vec();
        }
    }
    journal.entries().to_vec()
}

/// Nothing acknowledged is missing, and at most one more entry is there.
fn holds(found: Option<&[u8]>, acknowledged: &[Entry]) {
    let Some(found) = found else {
        assert!(acknowledged.is_empty(), "the file is gone");
        return;
    };
    let history = History::read(found).unwrap();
    assert!(history.entries.starts_with(acknowledged), "an acknowledged entry is lost");
    assert!(history.entries.len() <= acknowledged.len() + 1);
}

#[test]
fn whatever_operation_fails_nothing_acknowledged_is_lost() {
    let mut runs = 0;
    for error in [Errno::NOSPC, Errno::IO, Errno::ROFS, Errno::DQUOT] {
        for arrives in [Arrives::Nothing, Arrives::OneByte, Arrives::Half, Arrives::AllButOne] {
            for for_good in [false, true] {
                for at in 1.. {
                    let fault = Some(Fault { at, error, for_good, arrives });
                    let disk = Shared::new(Disk { fault, ..Disk::default() });
                    let acknowledged = live(&disk);
                    let disk = disk.disk();
                    if disk.operations < at {
                        assert_eq!(acknowledged.len(), NOTES + 1);
                        break;
                    }
                    holds(disk.seen(), &acknowledged);
                    holds(disk.durable(), &acknowledged);
                    runs += 1;
                }
            }
        }
    }
    assert!(runs >= 4_800, "{runs}");
}

#[test]
fn one_fault_costs_at_most_the_entry_it_hit_and_the_next_try_succeeds() {
    for at in 8.. {
        let fault = Fault { at, error: Errno::NOSPC, for_good: false, arrives: Arrives::Half };
        let disk = Shared::new(Disk { fault: Some(fault), ..Disk::default() });
        let acknowledged = live(&disk);
        let disk = disk.disk();
        if disk.operations < at {
            break;
        }
        let folder_failed = disk.named != disk.durably_named;
        assert!(folder_failed || acknowledged.len() == NOTES + 1, "operation {at}");
        let seen = History::read(disk.seen().unwrap()).unwrap();
        assert_eq!(seen.log.end, End::Clean, "operation {at} left something behind");
    }
}

#[test]
fn an_action_does_not_start_where_its_end_could_not_be_recorded() {
    let disk = Shared::default();
    let mut journal = Journal::create(disk.clone(), now(), opened(), &head).unwrap();
    let at = disk.disk().operations + 1;
    let fault = Fault { at, error: Errno::NOSPC, for_good: true, arrives: Arrives::Nothing };
    disk.0.borrow_mut().fault = Some(fault);
    let before = disk.disk().seen().unwrap().to_vec();
    let step = "deploy-api".parse().unwrap();
    let started = Event::Started { step, attempt: 1, does: "scripts/deploy.sh".to_owned() };
    // A session that takes the event for illegal here refuses it earlier: nothing starts either.
    let told = journal.record(now(), started).unwrap_err();
    assert!(matches!(told, Error::NoRoom { .. } | Error::Illegal(_)), "{told}");
    assert_eq!(disk.disk().seen().unwrap(), before);
}

/// Every state that a loss of power can leave, anywhere in a life.
fn losses(without: Without) -> (usize, usize) {
    let disk = Shared::new(Disk { without, states: Some(Vec::new()), ..Disk::default() });
    live(&disk);
    let (mut states, mut lost) = (0, 0);
    let end = disk.disk();
    for state in end.states.clone().unwrap().iter().chain([&end]) {
        for found in state.after_power_loss() {
            states += 1;
            let entries = match found.as_deref().map(History::read) {
                None => 0,
                Some(Ok(history)) => history.entries.len(),
                Some(Err(_damage)) => {
                    lost += 1;
                    continue;
                }
            };
            lost += usize::from((entries as u64) < state.acknowledged);
        }
    }
    (states, lost)
}

#[test]
fn a_loss_of_power_at_any_operation_loses_nothing() {
    let (states, lost) = losses(Without::default());
    assert!(states > 250, "only {states} states");
    assert_eq!(lost, 0);
}

#[test]
fn without_either_sync_of_a_replacement_a_loss_of_power_does_lose() {
    let file = Without { sync_before_rename: true, ..Without::default() };
    let folder = Without { folder_sync: true, ..Without::default() };
    assert!(losses(file).1 > 0);
    assert!(losses(folder).1 > 0);
}

/// A crash at any operation of a recovery, and again in the recovery of that, ends as one
/// recovery without a crash does.
#[test]
fn a_recovery_that_crashes_is_recovered() {
    let disk = Shared::default();
    live(&disk);
    let whole = disk.disk().seen().unwrap().to_vec();
    let mut crashes = 0;
    for cut in [1, 2, 30, 200] {
        let torn = &whole[..whole.len() - 1 - cut];
        let (clean, _) = recovered(Disk::holding(torn), None);
        let clean = clean.unwrap();
        for first in 1.. {
            let (outcome, left) = recovered(Disk::holding(torn), Some(first));
            if outcome.is_some() {
                break;
            }
            crashes += 1;
            for state in left.after_power_loss().into_iter().flatten() {
                for second in 1.. {
                    let mut disk = Disk::holding(&state);
                    disk.aside.clone_from(&left.aside);
                    let (result, again) = recovered(disk, Some(second));
                    let Some(result) = result else {
                        let mut last = Disk::holding(again.durable().unwrap());
                        last.aside.clone_from(&again.aside);
                        assert_eq!(recovered(last, None).0.as_ref(), Some(&clean));
                        crashes += 1;
                        continue;
                    };
                    assert_eq!(result, clean);
                    break;
                }
            }
        }
    }
    assert!(crashes > 100, "{crashes}");
}

/// The file and what was set aside after a recovery, unless it failed at that operation for good.
type Found = (Vec<u8>, Vec<(String, Vec<u8>)>);

fn recovered(mut disk: Disk, fails_at: Option<usize>) -> (Option<Found>, Disk) {
    let bytes = disk.seen().unwrap().to_vec();
    disk.fault =
        fails_at.map(|at| Fault { at, error: Errno::IO, for_good: true, arrives: Arrives::Half });
    let disk = Shared::new(disk);
    let resumed = Journal::resume(disk.clone(), bytes, now());
    let disk = disk.disk();
    let found = resumed.ok().map(|_| (disk.durable().unwrap().to_vec(), disk.aside.clone()));
    (found, disk)
}

#[test]
fn an_entry_of_more_than_a_mebibyte_is_refused_before_a_byte_is_written() {
    let disk = Shared::default();
    let mut journal = Journal::create(disk.clone(), now(), opened(), &head).unwrap();
    let before = disk.disk().operations;
    let told = journal.record(now(), note("x".repeat(1 << 20))).unwrap_err();
    assert!(matches!(told, Error::TooLong { seq: 2, .. }), "{told}");
    assert_eq!(disk.disk().operations, before);
    journal.record(now(), note("short".to_owned())).unwrap();
}

/// The cost of an entry: one write and one sync, and now and then more room.
#[test]
fn an_entry_costs_one_write_and_one_sync() {
    let disk = Shared::default();
    let mut journal = Journal::create(disk.clone(), now(), opened(), &head).unwrap();
    let before = disk.disk().operations;
    for _ in 0..500 {
        journal.record(now(), note("a usual note".to_owned())).unwrap();
    }
    let spent = disk.disk().operations - before;
    assert!((1_000..=1_002).contains(&spent), "{spent}");
}
