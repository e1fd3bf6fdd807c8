//! Processes as `ps` lists them, where there is no `/proc`.

use crate::check::{Exit, ProcessSeen, Reading};
use crate::engine::Stop;
use crate::host::probe::Runner;
use crate::value::Span;

/// All running processes.
pub(super) async fn list(
    runner: &dyn Runner,
    timeout: Span,
    stop: &Stop,
) -> Result<Vec<ProcessSeen>, String> {
    let argv = ["ps", "-A", "-o", "pid=,stat=,comm="].map(str::to_owned);
    let reading = runner.run(&argv, timeout, stop).await;
    let Reading::Ran { exit, stdout, .. } = reading else {
        return Err(format!("cannot list processes: {}", reading.unfit().says()));
    };
    if exit != Exit::Code(0) {
        return Err(format!("cannot list processes: `ps` ended with {exit}"));
    }
    let text = stdout.text().ok_or("there are too many processes to list")?;
    text.lines().filter_map(|line| process(line).transpose()).collect()
}

/// Reads `  7 Ss /usr/sbin/nginx`; one that has ended is none.
fn process(line: &str) -> Result<Option<ProcessSeen>, String> {
    let parts = line.trim().split_once(' ').and_then(|(pid, rest)| {
        let (state, command) = rest.trim_start().split_once(' ')?;
        Some((pid.parse().ok()?, state, command.trim_start()))
    });
    let (pid, state, command) = parts.ok_or_else(|| format!("`ps` printed {line}"))?;
    let name = command.rsplit('/').next().unwrap_or(command);
    Ok((!state.starts_with('Z')).then(|| ProcessSeen { pid, name: name.to_owned() }))
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use futures_util::future::LocalBoxFuture;

    use super::*;
    use crate::engine::Stopper;
    use crate::text::Capture;

    struct Prints(&'static str, u64);

    impl Runner for Prints {
        fn run<'a>(&'a self, _: &'a [String], _: Span, _: &'a Stop) -> LocalBoxFuture<'a, Reading> {
            let stdout =
                Capture { head: self.0.to_owned(), left_out: self.1, ..Capture::default() };
            let (exit, stderr) = (Exit::Code(0), Capture::default());
            async move { Reading::Ran { exit, stdout, stderr } }.boxed_local()
        }
    }

    async fn listed(text: &'static str, left_out: u64) -> Result<Vec<ProcessSeen>, String> {
        let (_stopper, stop) = Stopper::new();
        list(&Prints(text, left_out), Span::from_secs(1), &stop).await
    }

    #[tokio::test(flavor = "current_thread")]
    async fn reads_what_ps_prints() {
        let text =
            "    1 Ss   /sbin/launchd\n   77 Z    gone\n  812 S+   /Applications/My App/nginx\n";
        let seen = listed(text, 0).await.unwrap();
        let seen: Vec<_> =
            seen.iter().map(|process| (process.pid, process.name.as_str())).collect();
        assert_eq!(seen, [(1, "launchd"), (812, "nginx")]);
    }

    #[tokio::test(flavor = "current_thread")]
    async fn half_a_list_is_none() {
        assert!(listed("1 S init\n", 9).await.is_err());
        assert!(listed("what\n", 0).await.is_err());
    }
}
