//! Variables: each declared once, with one source, and every one that is used is declared.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;

use super::super::place::At;
use super::super::problem::{Code, Problem, quoted};
use super::super::shape::{PATTERNS, nearest, whole_pattern};
use super::super::syntax::{Line, PatternText, Plain, Sources, VariableTable};
use super::super::{Condition, Origin, Variable};
use super::Resolver;

type Tables = At<BTreeMap<Spanned<String>, At<VariableTable>>>;

impl Resolver {
    /// The variables in the order written.
    pub(super) fn variables(
        &mut self,
        tables: Option<Tables>,
        root_damaged: bool,
    ) -> Vec<Variable> {
        let Some(tables) = tables else {
            self.lost_variables = root_damaged;
            return Vec::new();
        };
        self.lost_variables = self.is_damaged(&tables);
        let mut tables: Vec<_> = tables.value.into_iter().collect();
        tables.sort_by_key(|(name, _)| name.span().start);
        self.declared = tables.iter().map(|(name, _)| name.get_ref().clone()).collect();
        let variables = tables.into_iter().filter_map(|(name, table)| self.variable(&name, table));
        variables.collect()
    }

    fn variable(&mut self, name: &Spanned<String>, table: At<VariableTable>) -> Option<Variable> {
        let damaged = self.is_damaged(&table);
        let name_text = name.get_ref().clone();
        match table.value {
            VariableTable::Bare(text) => Some(Variable {
                name: name_text,
                origin: Origin::Literal(text),
                pattern: None,
                secret: false,
            }),
            VariableTable::Sources(sources) => {
                self.written_secret(&sources);
                self.written_values(&sources);
                let pattern = sources.pattern.as_ref().map(|pattern| pattern.0.clone());
                let secret = sources.secret.unwrap_or(false);
                let origin = self.origin(name, *sources, damaged)?;
                Some(Variable { name: name_text, origin, pattern, secret })
            }
        }
    }

    fn origin(
        &mut self,
        name: &Spanned<String>,
        sources: Sources,
        damaged: bool,
    ) -> Option<Origin> {
        let Sources { prompt, default, env, value, .. } = sources;
        if let (Some(default), None) = (&default, &prompt) {
            let message = format!("{} has no meaning without `prompt`", quoted("default"));
            let problem = Problem::new(Code::OutOfPlace, &default.span, message);
            self.report(problem.help("write `value` for a value that nobody is asked for"));
        }
        match (prompt, env, value) {
            (Some(text), None, None) => Some(Origin::Prompt {
                text: line(text),
                default: default.map(|default| default.value.0),
            }),
            (None, Some(env), None) => Some(Origin::Env(env.value.0)),
            (None, None, Some(value)) => Some(Origin::Literal(value.value.0)),
            (None, None, None) => {
                if !damaged {
                    let message =
                        format!("the variable {} comes from nowhere", quoted(name.get_ref()));
                    self.report(Problem::new(Code::VariableSource, &name.span(), message));
                }
                None
            }
            _ => {
                let message =
                    format!("the variable {} has several sources", quoted(name.get_ref()));
                self.report(Problem::new(Code::VariableSource, &name.span(), message));
                None
            }
        }
    }

    fn written_secret(&mut self, sources: &Sources) {
        if sources.secret != Some(true) {
            return;
        }
        for written in [&sources.value, &sources.default].into_iter().flatten() {
            let message = "a secret stands in the runbook, for everybody to read";
            self.report(Problem::new(Code::SecretWritten, &written.span, message));
        }
    }

    fn written_values(&mut self, sources: &Sources) {
        let written: Vec<&At<Plain>> =
            [&sources.value, &sources.default].into_iter().flatten().collect();
        let Some(PatternText(pattern)) = sources.pattern.as_ref().filter(|_| !written.is_empty())
        else {
            return;
        };
        if self.patterns.len() >= PATTERNS && !self.patterns.contains_key(pattern) {
            return;
        }
        let regex = self.patterns.entry(pattern.clone());
        let Some(regex) = regex.or_insert_with(|| whole_pattern(pattern).ok()) else { return };
        for At { value: Plain(text), span } in written {
            if !regex.is_match(text) {
                let message =
                    format!("{} does not match the pattern {}", quoted(text), quoted(pattern));
                self.problems.push(Problem::new(Code::VariablePattern, span, message));
            }
        }
    }

    /// Reports every use of a variable that is not declared.
    pub(super) fn variable_uses(&mut self, uses: &[(String, Range<usize>)]) {
        for (name, place) in uses {
            self.variable_use(name, place);
        }
    }

    fn variable_use(&mut self, name: &str, place: &Range<usize>) {
        if self.lost_variables || self.declared.contains(name) {
            return;
        }
        let message = format!("the variable {} is not declared", quoted(name));
        let problem = Problem::new(Code::VariableUnknown, place, message);
        let near = nearest(name, self.declared.iter().map(String::as_str));
        let problem = match near {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None => problem,
        };
        self.report(problem);
    }

    /// When a step runs. The check of the shape has seen that it is one variable.
    pub(super) fn condition(
        &mut self,
        table: BTreeMap<Spanned<String>, Vec<String>>,
    ) -> Option<Condition> {
        let (name, is) = table.into_iter().next()?;
        self.variable_use(name.get_ref(), &name.span());
        Some(Condition { variable: name.into_inner(), is })
    }
}

fn line(text: At<Line>) -> String {
    text.value.0
}
