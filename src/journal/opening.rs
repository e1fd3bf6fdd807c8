//! The facts of a session's beginning, and of who did something: the body of the first entry.

use super::facts::read_block;
use super::page::{Page, Reader, Step};
use super::spell;
use super::words::{CHANGES, fact_of, word};
use crate::check::cloud::Identity;
use crate::session::{Git, Opened, Rehearsal, Target};
use crate::value::Person;

pub(super) fn write_opened(opened: &Opened, page: &mut Page) {
    page.fact("format", &opened.format);
    page.fact("session", &opened.session);
    page.fact("program", &opened.program);
    write_person(&opened.by, page);
    page.fact("directory", &opened.directory);
    page.fact("environment", &opened.target.environment);
    page.fact("component", &opened.target.component);
    page.fact("runbook", &opened.runbook_path);
    page.fact("runbook digest", &opened.runbook_digest);
    if let Some(git) = &opened.git {
        page.fact("git branch", &git.branch);
        page.fact("git commit", &git.commit);
        page.fact("git changes", word(&CHANGES, &git.dirty));
    }
    if let Some(aws) = &opened.aws {
        write_identity(aws, page);
    }
    write_variables(&opened.variables, page);
    if let Some(rehearsal) = &opened.rehearsal {
        page.fact("rehearsal of", &rehearsal.recording);
        page.fact("recording digest", &rehearsal.digest);
        page.fact("recorded at", &rehearsal.recorded);
        page.fact("recorded runbook", &rehearsal.runbook);
    }
    page.block("text runbook", spell::lines(&opened.runbook_text));
}

pub(super) fn write_variables(variables: &[(String, Option<String>)], page: &mut Page) {
    for (name, value) in variables {
        match value {
            None => page.fact("secret", name),
            Some(value) => {
                let name = spell::span_without(name, '=');
                page.pair("variable", &format!("{name}={}", spell::span(value)));
            }
        }
    }
}

pub(super) fn read_opened(reader: &mut Reader<'_>) -> Step<Opened> {
    Ok(Opened {
        format: reader.fact("format")?,
        session: reader.fact("session")?,
        program: reader.fact("program")?,
        by: read_person(reader)?,
        directory: reader.fact("directory")?,
        target: Target {
            environment: reader.fact("environment")?,
            component: reader.fact("component")?,
        },
        runbook_path: reader.fact("runbook")?,
        runbook_digest: reader.fact("runbook digest")?,
        git: read_git(reader)?,
        aws: read_identity(reader)?,
        variables: read_variables(reader)?,
        rehearsal: read_rehearsal(reader)?,
        runbook_text: read_block(reader, "runbook")?,
    })
}

fn read_git(reader: &mut Reader<'_>) -> Step<Option<Git>> {
    let Some(branch) = reader.fact_if("git branch")? else { return Ok(None) };
    let commit = reader.fact("git commit")?;
    Ok(Some(Git { branch, commit, dirty: fact_of(reader, "git changes", &CHANGES)? }))
}

fn read_rehearsal(reader: &mut Reader<'_>) -> Step<Option<Rehearsal>> {
    let Some(recording) = reader.fact_if("rehearsal of")? else { return Ok(None) };
    Ok(Some(Rehearsal {
        recording,
        digest: reader.fact("recording digest")?,
        recorded: reader.fact("recorded at")?,
        runbook: reader.fact("recorded runbook")?,
    }))
}

fn write_identity(aws: &Identity, page: &mut Page) {
    page.fact("aws account", &aws.account);
    page.fact("aws region", &aws.region);
    page.fact("aws principal", &aws.arn);
    if let Some(endpoint) = &aws.endpoint {
        page.fact("aws endpoint", endpoint);
    }
}

fn read_identity(reader: &mut Reader<'_>) -> Step<Option<Identity>> {
    let Some(account) = reader.fact_if("aws account")? else { return Ok(None) };
    Ok(Some(Identity {
        account,
        region: reader.fact("aws region")?,
        arn: reader.fact("aws principal")?,
        endpoint: reader.fact_if("aws endpoint")?,
    }))
}

pub(super) fn read_variables(reader: &mut Reader<'_>) -> Step<Vec<(String, Option<String>)>> {
    let mut variables = Vec::new();
    loop {
        if let Some(name) = reader.fact_if("secret")? {
            variables.push((name, None));
        } else if let Some(raw) = reader.raw_if("variable")? {
            let pair = raw
                .split_once('=')
                .and_then(|(name, value)| Some((spell::read(name)?, Some(spell::read(value)?))));
            match pair {
                Some(pair) => variables.push(pair),
                None => return reader.bad("`name=value` before here"),
            }
        } else {
            return Ok(variables);
        }
    }
}

pub(super) fn write_person(person: &Person, page: &mut Page) {
    let host = spell::span_without(&person.host, '@');
    page.pair("by", &format!("{}@{host}", spell::span(&person.user)));
}

pub(super) fn read_person(reader: &mut Reader<'_>) -> Step<Person> {
    let raw = reader.raw("by")?;
    let person = raw.rsplit_once('@').and_then(|(user, host)| {
        Some(Person { user: spell::read(user)?, host: spell::read(host)? })
    });
    person.map_or_else(|| reader.bad("`user@host` before here"), Ok)
}
