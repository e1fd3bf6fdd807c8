//! Checks against real counterparts on loopback: what is asked, observed and judged. Masking has
//! its own suite, and so has the running of programs.

use std::path::Path;
use std::rc::Rc;
use std::sync::LazyLock;

use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;
use holdpoint::check::{CheckTable, Claim, Exit, Outcome, Probe, Reading, Verdict, When};
use holdpoint::engine::{Asked, Prober as _, Stop, Stopper};
use holdpoint::host::probe::{HostProber, Runner, Trust};
use holdpoint::text::{Capture, Mask};
use holdpoint::value::{Moment, Name, Span};
use serde::Deserialize;

mod http;
mod local;
mod net;
pub mod servers;
mod table;
mod tls;

/// A test that takes longer than this hangs, which is what it is there to find out.
const HANG: std::time::Duration = std::time::Duration::from_mins(1);

/// Where checks stand in a runbook.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fragment {
    check: Option<CheckTable>,
    #[serde(default)]
    checks: Vec<CheckTable>,
}

/// All claims of a piece of a runbook.
fn claims(toml: &str) -> Vec<Claim> {
    let fragment: Fragment = toml::from_str(toml).unwrap_or_else(|why| panic!("{toml}\n{why}"));
    let tables: Vec<_> = fragment.check.into_iter().chain(fragment.checks).collect();
    tables.iter().flat_map(CheckTable::claims).collect()
}

/// The one claim of a piece of a runbook, without flaw.
fn claim(toml: &str) -> Claim {
    let mut claims = claims(toml);
    assert_eq!(claims.len(), 1, "{toml}");
    let claim = claims.remove(0);
    assert_eq!(claim.kind().flaw(), None, "{toml}");
    claim
}

/// Runs a program as simply as can be: no deadline.
struct Simple;

impl Runner for Simple {
    fn run<'a>(&'a self, argv: &'a [String], _: Span, _: &'a Stop) -> LocalBoxFuture<'a, Reading> {
        let output = std::process::Command::new(&argv[0]).args(&argv[1..]).output();
        let text = |bytes: Vec<u8>| Capture::whole(String::from_utf8_lossy(&bytes));
        let reading = match output {
            Err(why) => Reading::Refused(why.to_string()),
            Ok(output) => Reading::Ran {
                exit: Exit::Code(output.status.code().unwrap()),
                stdout: text(output.stdout),
                stderr: text(output.stderr),
            },
        };
        async move { reading }.boxed_local()
    }
}

fn prober(directory: &Path) -> HostProber {
    HostProber::new(directory.to_owned(), Mask::default(), Rc::new(Simple))
}

fn trusting(trust: Trust) -> HostProber {
    prober(Path::new("/")).trusting(trust)
}

/// On the one thread that a session has.
fn on_one_thread<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { tokio::time::timeout(HANG, work).await.expect("it hangs") })
}

/// The question of a step.
fn asked<'a>(claim: &'a Claim, probe: &'a Probe) -> Asked<'a> {
    static STEP: LazyLock<Name> = LazyLock::new(|| "step".parse().unwrap());
    Asked { step: &STEP, probe, claim }
}

/// Asks, observes and judges.
fn look(prober: &HostProber, toml: &str, timeout: &str) -> (Reading, Verdict) {
    let claim = claim(toml);
    let (_stopper, stop) = Stopper::new();
    let probe = claim.kind().ask(When::at(Moment::from_millis(0)));
    let asked = asked(&claim, &probe);
    let reading = on_one_thread(prober.observe(asked, timeout.parse().unwrap(), &stop));
    let verdict = claim.kind().judge(&reading);
    (reading, verdict)
}

/// The verdict where there is plenty of time.
fn judged(prober: &HostProber, toml: &str) -> Verdict {
    look(prober, toml, "50s").1
}

/// Whether the verdict is this one and says that.
#[track_caller]
fn assert_says(verdict: &Verdict, outcome: Outcome, part: &str) {
    assert_eq!(verdict.outcome(), outcome, "{verdict:?}");
    assert!(verdict.says().contains(part), "{verdict:?}, wanted {part}");
    assert!(verdict.says().chars().count() <= 160, "{verdict:?}");
}
