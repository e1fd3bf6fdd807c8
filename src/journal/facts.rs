//! What each event writes below its heading, and reads back: facts and blocks in a fixed order.
//! The two halves of an event stand one below the other; a third reader does not exist.

use std::borrow::Cow;

use serde::Deserialize;

use super::answers::{read_answered, read_question, write_answered, write_digest};
use super::heading::Kind;
use super::opening::{
    read_opened, read_person, read_variables, write_opened, write_person, write_variables,
};
use super::page::{Page, Reader, Step, Stop};
use super::words::{CLOSES, HOLDS, POLICIES, ending, fact_of, read_ending, word};
use super::{heading, spell};
use crate::check::{Check, Outcome, Reading, Verdict};
use crate::session::{Ending, Event, Finding, Recovered, Resumed, Sampled};
use crate::text::Capture;
use crate::value::Name;

/// A text longer than this gets a block of its own.
const LONG: usize = 160;

pub(super) fn write(event: &Event, page: &mut Page) {
    match event {
        Event::Opened(opened) => write_opened(opened, page),
        Event::Resumed(resumed) | Event::RollbackRequested(resumed) => {
            write_resumed(resumed, page);
        }
        Event::Recovered(Recovered { bytes, digest, kept_in }) => {
            page.fact("bytes", bytes);
            page.fact("digest", digest);
            page.fact("kept in", kept_in);
        }
        Event::RunbookChanged { text, variables } => {
            write_variables(variables, page);
            page.block("text runbook", spell::lines(text));
        }
        Event::Entered { .. }
        | Event::WaiverExpired { .. }
        | Event::GateExpired { .. }
        | Event::RollbackEntered => {}
        Event::PhaseSkipped { why, .. } | Event::StepSkipped { why, .. } => {
            write_texts(&[("why", Some(why))], page);
        }
        Event::Started { attempt, does, .. } => {
            page.fact("attempt", attempt);
            write_texts(&[("does", Some(does))], page);
        }
        Event::Acted { ending, took, output, .. } => {
            write_ending(ending, page);
            page.fact("took", took);
            write_output(output, page);
        }
        Event::Checked { took, findings, .. } => {
            page.fact("took", took);
            write_findings(findings, page);
            write_evidence(findings, page);
        }
        Event::Sampled(sample) => write_sampled(sample, page),
        Event::PolicyApplied { policy, .. } => page.fact("policy", word(&POLICIES, policy)),
        Event::Probed { finding, .. } | Event::Identified { found: finding } => {
            write_findings(std::slice::from_ref(finding), page);
            write_evidence(std::slice::from_ref(finding), page);
        }
        Event::Rehearsed { does, findings, .. } => {
            write_rehearsed(does.as_ref(), findings, page);
        }
        Event::Asked { question, shown } => {
            write_digest(question, page);
            if !shown.is_empty() {
                page.block("text shown", shown.iter().map(|line| spell::line(line)));
            }
        }
        Event::Answered(answered) => write_answered(answered, page),
        Event::Held { why } => page.fact("why", word(&HOLDS, why)),
        Event::Noted { by, text, .. } => {
            write_person(by, page);
            write_texts(&[("text", Some(text))], page);
        }
        Event::Closed { close } => page.fact("end", word(&CLOSES, close)),
    }
}

/// Reads the heading behind number and time, and the body.
pub(super) fn read(reader: &mut Reader<'_>) -> Step<Event> {
    Ok(match heading::read(reader)? {
        Kind::Opened => Event::Opened(Box::new(read_opened(reader)?)),
        Kind::Resumed => Event::Resumed(read_resumed(reader)?),
        Kind::RollbackRequested => Event::RollbackRequested(read_resumed(reader)?),
        Kind::RollbackEntered => Event::RollbackEntered,
        Kind::Sampled(step) => Event::Sampled(read_sampled(reader, step)?),
        Kind::PolicyApplied(step) => {
            Event::PolicyApplied { step, policy: fact_of(reader, "policy", &POLICIES)? }
        }
        Kind::WaiverExpired(step) => Event::WaiverExpired { step },
        Kind::GateExpired(phase) => Event::GateExpired { phase },
        Kind::Recovered => Event::Recovered(Recovered {
            bytes: reader.fact("bytes")?,
            digest: reader.fact("digest")?,
            kept_in: reader.fact("kept in")?,
        }),
        Kind::RunbookChanged => {
            let variables = read_variables(reader)?;
            Event::RunbookChanged { text: read_block(reader, "runbook")?, variables }
        }
        Kind::Entered(phase) => Event::Entered { phase },
        Kind::PhaseSkipped(phase) => Event::PhaseSkipped { phase, why: read_text(reader, "why")? },
        Kind::Started(step) => Event::Started {
            step,
            attempt: reader.fact("attempt")?,
            does: read_text(reader, "does")?,
        },
        Kind::Acted(step) => read_acted(reader, step)?,
        Kind::Checked(step) => {
            let took = reader.fact("took")?;
            Event::Checked { step, took, findings: read_findings(reader)? }
        }
        Kind::StepSkipped(step) => Event::StepSkipped { step, why: read_text(reader, "why")? },
        Kind::Probed(step) => Event::Probed { step, finding: read_finding(reader)? },
        Kind::Identified => Event::Identified { found: read_finding(reader)? },
        Kind::Rehearsed(step) => read_rehearsed(reader, step)?,
        Kind::Asked(asking) => {
            Event::Asked { question: read_question(reader, asking)?, shown: read_shown(reader)? }
        }
        Kind::Answered(asking) => Event::Answered(read_answered(reader, asking)?),
        Kind::Held => Event::Held { why: fact_of(reader, "why", &HOLDS)? },
        Kind::Note => read_noted(reader, false)?,
        Kind::Learning => read_noted(reader, true)?,
        Kind::Closed => Event::Closed { close: fact_of(reader, "end", &CLOSES)? },
    })
}

/// A text of one short line is a fact, any other a block behind the facts.
fn is_long(text: &str) -> bool {
    text.len() > LONG || text.contains('\n')
}

fn write_texts(texts: &[(&str, Option<&String>)], page: &mut Page) {
    write_short(texts, page);
    write_long(texts, page);
}

pub(super) fn write_short(texts: &[(&str, Option<&String>)], page: &mut Page) {
    for (key, text) in texts {
        if let Some(text) = text.filter(|text| !is_long(text)) {
            page.fact(key, text);
        }
    }
}

pub(super) fn write_long(texts: &[(&str, Option<&String>)], page: &mut Page) {
    for (key, text) in texts {
        if let Some(text) = text.filter(|text| is_long(text)) {
            page.block(&format!("text {key}"), spell::lines(text));
        }
    }
}

fn read_text(reader: &mut Reader<'_>, key: &str) -> Step<String> {
    match reader.fact_if(key)? {
        Some(text) => Ok(text),
        None => read_block(reader, key),
    }
}

pub(super) fn read_block(reader: &mut Reader<'_>, key: &str) -> Step<String> {
    match reader.text_if(&format!("text {key}"))? {
        Some(text) => Ok(text),
        None => reader.bad(format!("`{key}`")),
    }
}

fn write_resumed(Resumed { by, program, directory }: &Resumed, page: &mut Page) {
    write_person(by, page);
    page.fact("program", program);
    page.fact("directory", directory);
}

fn read_resumed(reader: &mut Reader<'_>) -> Step<Resumed> {
    Ok(Resumed {
        by: read_person(reader)?,
        program: reader.fact("program")?,
        directory: reader.fact("directory")?,
    })
}

fn write_sampled(sample: &Sampled, page: &mut Page) {
    page.fact("sample", &sample.number);
    page.fact("needed", &sample.needed);
    page.fact("may fail", &sample.allowed);
    if let Some(gap) = &sample.gap {
        page.fact("gap", gap);
    }
    page.fact("took", &sample.took);
    write_findings(&sample.findings, page);
    write_evidence(&sample.findings, page);
}

fn read_sampled(reader: &mut Reader<'_>, step: Name) -> Step<Sampled> {
    Ok(Sampled {
        step,
        number: reader.fact("sample")?,
        needed: reader.fact("needed")?,
        allowed: reader.fact("may fail")?,
        gap: reader.fact_if("gap")?,
        took: reader.fact("took")?,
        findings: read_findings(reader)?,
    })
}

fn write_rehearsed(does: Option<&String>, findings: &[Finding], page: &mut Page) {
    let does = [("does", does)];
    write_short(&does, page);
    write_findings(findings, page);
    write_long(&does, page);
    write_evidence(findings, page);
}

fn read_rehearsed(reader: &mut Reader<'_>, step: Name) -> Step<Event> {
    let short = reader.fact_if("does")?;
    skip_findings(reader)?;
    let long = reader.text_if("text does")?;
    Ok(Event::Rehearsed { step, does: short.or(long), findings: read_evidence(reader)? })
}

fn read_noted(reader: &mut Reader<'_>, learning: bool) -> Step<Event> {
    Ok(Event::Noted { by: read_person(reader)?, text: read_text(reader, "text")?, learning })
}

fn write_ending(how: &Ending, page: &mut Page) {
    page.fact("ending", &ending(how));
    if let Ending::NotStarted(why) = how.told() {
        page.fact("why", why);
    }
}

fn read_acted(reader: &mut Reader<'_>, step: Name) -> Step<Event> {
    let ending = read_ending(reader)?;
    let took = reader.fact("took")?;
    Ok(Event::Acted { step, ending, took, output: read_output(reader)? })
}

fn write_output(output: &Capture, page: &mut Page) {
    if output.left_out > 0 {
        page.fact("bytes left out", &output.left_out);
    }
    if !output.head.is_empty() {
        page.block("text output", spell::lines(&output.head));
    }
    if !output.tail.is_empty() {
        page.block("text end of output", spell::lines(&output.tail));
    }
}

fn read_output(reader: &mut Reader<'_>) -> Step<Capture> {
    Ok(Capture {
        left_out: reader.fact_if("bytes left out")?.unwrap_or_default(),
        head: reader.text_if("text output")?.unwrap_or_default(),
        tail: reader.text_if("text end of output")?.unwrap_or_default(),
    })
}

/// One fact for each finding, for people: drawn from the evidence, never read.
fn write_findings(findings: &[Finding], page: &mut Page) {
    for Finding { check, verdict, .. } in findings {
        let name = check.title.clone().unwrap_or_else(|| check.claim.name().to_owned());
        page.fact(&verdict.outcome().to_string(), &format!("{name}: {}", verdict.says()));
    }
}

fn write_evidence(findings: &[Finding], page: &mut Page) {
    if !findings.is_empty() {
        let lines = findings.iter().map(|finding| Cow::Owned(spell::json(finding)));
        page.block("json evidence", lines);
    }
}

fn read_findings(reader: &mut Reader<'_>) -> Step<Vec<Finding>> {
    skip_findings(reader)?;
    read_evidence(reader)
}

fn skip_findings(reader: &mut Reader<'_>) -> Step<()> {
    let keys = [Outcome::Pass, Outcome::Fail, Outcome::Unknown].map(|outcome| outcome.to_string());
    loop {
        let mut any = false;
        for key in &keys {
            any |= reader.raw_if(key)?.is_some();
        }
        if !any {
            return Ok(());
        }
    }
}

fn read_evidence(reader: &mut Reader<'_>) -> Step<Vec<Finding>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Evidence {
        check: Check,
        reading: Reading,
        verdict: Verdict,
        tries: u32,
    }
    let from = reader.at();
    let visible = |line: &str| spell::may_go_on(&line.replace('\\', "/"), spell::line);
    let lines = reader.block_if("json evidence", visible)?.unwrap_or_default();
    let read = lines.into_iter().map(|line| {
        let Evidence { check, reading, verdict, tries } = serde_json::from_str(line)?;
        Ok(Finding { check, reading, verdict, tries })
    });
    read.collect::<Result<_, serde_json::Error>>()
        .map_err(|error| Stop::Bad { at: from, wanted: format!("readable evidence ({error})") })
}

fn read_finding(reader: &mut Reader<'_>) -> Step<Finding> {
    let mut findings = read_findings(reader)?;
    match (findings.pop(), findings.is_empty()) {
        (Some(finding), true) => Ok(finding),
        _ => reader.bad("one finding before here"),
    }
}

fn read_shown(reader: &mut Reader<'_>) -> Step<Vec<String>> {
    let from = reader.at();
    let open = |line: &str| spell::may_go_on(line, spell::line);
    let lines = reader.block_if("text shown", open)?.unwrap_or_default();
    let texts: Option<_> = lines
        .into_iter()
        .map(|line| if line.is_empty() { Some(String::new()) } else { spell::read(line) })
        .collect();
    texts.ok_or_else(|| Stop::Bad { at: from, wanted: "readable lines".to_owned() })
}
