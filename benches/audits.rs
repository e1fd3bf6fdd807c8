//! What an audit costs, beside the floor that it stands on: reading the same files, and reading
//! their TOML. The runbooks are made here: 300 lines each, with scripts, checks and faults.

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use holdpoint::audit::{Settings, audit};
use holdpoint::runbook::Phase;
use toml::de::DeTable;

/// 1,000 runbooks on one core and on two, growth from 10 to 10,000, and peak memory. Goal: 1,000 in
/// under a second on two cores.
pub fn audits(folder: &Path) {
    let folder = folder.join("runbooks");
    fs::create_dir_all(&folder).unwrap();
    let files: Vec<PathBuf> = (0..1_000).map(|number| made(&folder, number)).collect();
    for cores in [1, 2] {
        let floor = taken(&files, cores, |path| {
            let text = fs::read_to_string(path).unwrap();
            black_box(DeTable::parse_recoverable(&text).0.get_ref().len());
        });
        let ours = taken(&files, cores, of_file);
        let ratio = ours.as_secs_f64() / floor.as_secs_f64();
        let speed = many(files.len()) / ours.as_secs_f64();
        println!(
            "audit of 1,000 runbooks of 300 lines on {cores} core(s): {ours:.2?}, {speed:.0} files \
             per second; reading their TOML: {floor:.2?}; ratio {ratio:.2}"
        );
    }
    let each = |count: usize| {
        let again: Vec<PathBuf> = files.iter().cycle().take(count).cloned().collect();
        taken(&again, 2, of_file).as_secs_f64() / many(count)
    };
    let ten = each(10);
    for count in [100, 1_000, 10_000] {
        let growth = each(count) / ten;
        let peak = peak();
        println!("each of {count} files costs {growth:.2} of one of 10; peak memory {peak}");
    }
}

fn many(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap())
}

fn of_file(path: &Path) {
    let settings = Settings { today: "2026-06-01".to_owned(), ..Settings::default() };
    let bytes = fs::read(path).unwrap();
    let report = audit("runbook.toml", &bytes, &settings);
    assert!(report.runbook.is_some(), "no runbook: {:?}", report.findings.first());
    black_box(report.findings.len());
}

/// The best of three, so that a busy moment of the machine counts once.
fn taken(files: &[PathBuf], cores: usize, work: impl Fn(&Path) + Sync) -> Duration {
    let once = || {
        let next = AtomicUsize::new(0);
        let begun = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..cores {
                scope.spawn(|| {
                    while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                        work(file);
                    }
                });
            }
        });
        begun.elapsed()
    };
    (0..3).map(|_| once()).min().unwrap()
}

/// The most memory that this process ever had.
fn peak() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".to_owned(), |peak| peak.trim().to_owned())
}

/// A runbook of 300 lines, more or less.
fn made(folder: &Path, number: usize) -> PathBuf {
    let mut text = format!(
        "format = 1\n[runbook]\nid = \"made-{number}\"\ntitle = \"Deploy service {number}\"\n\
         environment = \"production\"\ncomponent = \"made-{number}\"\nowner = \"team-{number}\"\n\
         [vars]\nversion = {{ prompt = \"Version\" }}\nprevious_version = {{ prompt = \"Old\" }}\n\
         domain = \"made{number}.example.com\"\n[[contact]]\nname = \"On-call\"\nreach = \"#calls\"\n"
    );
    for (at, name) in Phase::ALL.map(Phase::name).iter().enumerate() {
        let _ = write!(text, "\n[[phase]]\nname = \"{name}\"\ngoal = \"Phase {at} is done\"\n");
        for step in 0..3 {
            text.push_str(&steps(at, step));
        }
        let _ = write!(
            text,
            "\n[[phase.exit]]\ncriterion = \"Phase {at} is done\"\nproven_by = [\"s{at}-0\", \"s{at}-1\"]\n\
             \n[[phase.exit]]\ncriterion = \"All are content\"\nattest = \"I am content\"\n\
             \n[phase.gate]\nexpires = \"4h\"\n"
        );
    }
    let path = folder.join(format!("{number}.toml"));
    fs::write(&path, text).unwrap();
    path
}

fn steps(phase: usize, step: usize) -> String {
    let head = format!("\n[[phase.step]]\nid = \"s{phase}-{step}\"\ntitle = \"Step {step}\"\n");
    let body = match step {
        0 => {
            "owner = \"platform\"\nestimate = \"10m\"\n\
             run = [\"scripts/deploy.sh\", \"--version\", \"{{version}}\"]\n\
             undo = { run = [\"scripts/deploy.sh\", \"--version\", \"{{previous_version}}\"] }\n\
             check.http = { url = \"https://{{domain}}/version\", body_contains = \"{{version}}\" }\n"
        }
        1 => {
            "estimate = \"2m\"\nshell = '''\nset -eu\nfor host in a b c; do\n  ssh \"$host\" uptime\n\
             done\ncurl --fail --silent \"https://$domain/api\" | jq -e 'length == 1'\n\
             kubectl -n orders rollout status deploy/api\n'''\nchanges = false\n"
        }
        _ => "manual = \"Look at the dashboard of {{domain}}, and write down what you saw.\"\n",
    };
    head + body
}
