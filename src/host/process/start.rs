//! Makes a command of an argument list and starts it: in a session of its own, so that it has no
//! terminal to read, to type into or to draw a false question on.

use std::io;
use std::path::Path;
use std::process::Stdio;

use process_wrap::tokio::{ChildWrapper, CommandWrap, ProcessSession};

use crate::host::sweep::Running;

/// What a command is made of.
pub(super) struct Recipe<'a> {
    pub(super) argv: &'a [String],
    pub(super) directory: &'a Path,
    pub(super) environment: Vec<(&'a str, &'a str)>,
    /// Names this run of it.
    pub(super) tag: &'a str,
}

/// Why a command did not start.
#[derive(Debug)]
pub(super) enum NotStarted {
    /// Because of what was asked for: there is no such program.
    Refused(String),
    /// Because of where it was asked.
    Error(String),
}

impl NotStarted {
    pub(super) fn into_text(self) -> String {
        match self {
            Self::Refused(why) | Self::Error(why) => why,
        }
    }
}

/// A command that was started.
pub(super) struct Started {
    pub(super) child: Box<dyn ChildWrapper>,
    pub(super) running: Running,
}

impl Recipe<'_> {
    /// Starts it. Both ends given stay open in nobody but the command.
    pub(super) fn start(&self, stdout: Stdio, stderr: Stdio) -> Result<Started, NotStarted> {
        let Some((program, arguments)) = self.argv.split_first() else {
            return Err(NotStarted::Error("the command is empty: there is no program".to_owned()));
        };
        let mut command = CommandWrap::with_new(program, |command| {
            command
                .args(arguments)
                .current_dir(self.directory)
                .envs(self.environment.iter().copied())
                .env(crate::host::sweep::TAG, self.tag)
                .stdin(Stdio::null())
                .stdout(stdout)
                .stderr(stderr)
                .kill_on_drop(true);
        });
        command.wrap(ProcessSession);
        let started = Running::start(self.tag, || {
            let child = command.spawn()?;
            let pid = child.id().expect("nobody has waited for it yet");
            Ok((child, pid))
        });
        match started {
            Ok((child, running)) => Ok(Started { child, running }),
            Err(error) => Err(self.why_not(program, &error)),
        }
    }

    /// The system says `ENOENT`; a person wants to know what is missing.
    fn why_not(&self, program: &str, error: &io::Error) -> NotStarted {
        if !self.directory.is_dir() {
            let directory = self.directory.display();
            return NotStarted::Error(format!(
                "cannot start `{program}`: there is no directory `{directory}`"
            ));
        }
        let is_path = program.contains('/');
        let path = self.directory.join(program);
        let missing = error.kind() == io::ErrorKind::NotFound;
        if missing && !is_path {
            return NotStarted::Refused(format!("no such program: `{program}` is not on the PATH"));
        }
        if missing && !path.exists() {
            let path = path.display();
            return NotStarted::Refused(format!("no such program: there is no file `{path}`"));
        }
        if missing {
            return NotStarted::Refused(format!(
                "cannot start `{program}`: the interpreter that its first line names is missing"
            ));
        }
        if error.kind() == io::ErrorKind::PermissionDenied {
            return NotStarted::Refused(format!(
                "cannot start `{program}`: not executable, or not by this user: {error}"
            ));
        }
        NotStarted::Error(format!("cannot start `{program}`: {error}"))
    }
}
