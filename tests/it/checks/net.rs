//! Ports and names.

use std::path::Path;

use holdpoint::check::{Obstacle, Outcome, Reading, When};
use holdpoint::engine::{Prober as _, Stopper};
use holdpoint::value::{Moment, Span};

use super::servers::{closed, deaf, silent};
use super::{asked, assert_says, claim, judged, look, on_one_thread, prober};

#[test]
fn a_port_is_open_or_closed_or_nobody_knows() {
    let prober = prober(Path::new("/"));
    let (open, closed, (deaf, _listener, _queue)) = (silent(), closed(), deaf());
    for (address, wants_open, outcome) in [
        (open, true, Outcome::Pass),
        (open, false, Outcome::Fail),
        (closed, true, Outcome::Fail),
        (closed, false, Outcome::Pass),
        (deaf, true, Outcome::Unknown),
        (deaf, false, Outcome::Unknown),
    ] {
        let toml = format!("check.port = {{ address = '{address}', open = {wants_open} }}");
        let (reading, verdict) = look(&prober, &toml, "300ms");
        assert_eq!(verdict.outcome(), outcome, "{toml}: {reading:?}");
        assert_eq!(reading == Reading::Nothing(Obstacle::Timeout), address == deaf, "{reading:?}");
    }
}

#[test]
fn a_host_with_several_addresses_is_open_if_one_is() {
    let port = silent().port();
    let toml = format!("check.port = {{ address = 'localhost:{port}' }}");
    assert_says(&judged(&prober(Path::new("/")), &toml), Outcome::Pass, "open");
}

#[test]
fn a_host_that_does_not_exist_is_not_a_closed_port() {
    let toml = "check.port = { address = 'a..b:80', open = false }";
    assert_eq!(judged(&prober(Path::new("/")), toml).outcome(), Outcome::Unknown);
}

#[test]
fn names_resolve_as_this_machine_says() {
    let prober = prober(Path::new("/"));
    let dns = |rest: &str| judged(&prober, &format!("check.dns = {{ {rest} }}"));
    assert_says(&dns("name = 'localhost', to = ['127.0.0.1']"), Outcome::Pass, "127.0.0.1");
    assert_says(&dns("name = 'localhost', to = ['192.0.2.1']"), Outcome::Fail, "wanted 192.0.2.1");
    assert_says(&dns("name = 'localhost', resolves = false"), Outcome::Fail, "127.0.0.1");
    assert_says(&dns("name = 'a..b', resolves = false"), Outcome::Pass, "no such name");
    assert_says(&dns("name = 'a..b'"), Outcome::Fail, "no such name");
}

#[test]
fn stopping_the_session_ends_every_look() {
    let prober = prober(Path::new("/"));
    let (address, (deaf, _listener, _queue)) = (silent(), deaf());
    for toml in [
        format!("check.http = {{ url = 'http://{address}/' }}"),
        format!("check.tls = {{ address = '{address}' }}"),
        format!("check.port = {{ address = '{deaf}' }}"),
    ] {
        let claim = claim(&toml);
        let probe = claim.kind().ask(When::at(Moment::from_millis(0)));
        let reading = on_one_thread(async {
            let (stopper, stop) = Stopper::new();
            let look = prober.observe(asked(&claim, &probe), Span::MAX, &stop);
            let ask = async {
                tokio::task::yield_now().await;
                stopper.ask(holdpoint::session::Hold::Interrupt);
            };
            futures_util::future::join(look, ask).await.0
        });
        assert_eq!(reading, Reading::Nothing(Obstacle::Interrupted), "{toml}");
        assert_eq!(claim.kind().judge(&reading).outcome(), Outcome::Unknown);
    }
}
