//! Any operation of any service that only looks: written and read by the service's model, signed,
//! and sent over the connections that the SDK's clients use.

use serde_json::Value as Json;
use tokio::time::Instant;

use super::link::Link;
use super::patience::patiently;
use super::trouble::{Sort, Trouble};
use crate::check::cloud::model::{self, Operation, Service};
use crate::check::cloud::{Answer, Call, Said};

mod fault;
mod form;
mod given;
mod joined;
mod json;
mod percent;
mod reply;
mod request;
mod secret;
mod time;
mod wanted;
mod wire;
mod xml;

use joined::Joined;
use reply::Asked;
use wanted::Found;
pub(crate) use wanted::clipped;
use wire::{Carrier, To};

/// Makes the calls, in order, each to the end of its pages, until `end`.
///
/// # Errors
/// Where nothing was observed: why.
pub(super) async fn answer(
    link: &Link,
    calls: &[Call],
    end: Instant,
) -> Result<Vec<Answer>, Trouble> {
    answer_over(link, calls, end).await
}

async fn answer_over(
    carrier: &impl Carrier,
    calls: &[Call],
    end: Instant,
) -> Result<Vec<Answer>, Trouble> {
    let mut answers = Vec::new();
    let mut room = wanted::MOST;
    for call in calls {
        let name = call.name();
        let (service, found) = model::find(&call.service, &call.operation)
            .map_err(|why| Trouble::new(&name, Sort::Unanswered, why))?;
        let one = One { carrier, call, name: &name, service, found, end };
        answers.push(one.answer(&answers, &mut room).await?);
    }
    Ok(answers)
}

/// One call on its way.
struct One<'a, C> {
    carrier: &'a C,
    call: &'a Call,
    name: &'a str,
    service: &'static Service,
    found: &'static Operation,
    end: Instant,
}

/// What a call with one input brought.
enum Brought {
    /// What was found, and whether that is enough.
    Found(Found, bool),
    Refused(Said),
}

impl<C: Carrier> One<'_, C> {
    async fn answer(&self, earlier: &[Answer], room: &mut usize) -> Result<Answer, Trouble> {
        let answer = |request, said| Answer { call: self.name.to_owned(), request, said };
        let inputs = given::inputs(self.call, self.service, self.found, earlier);
        let Some(inputs) = inputs else { return Ok(answer(None, Said::NotMade)) };
        let mut all = Found::new();
        let mut first = None;
        for input in inputs {
            let (request, brought) = self.pages(input, room).await?;
            first = first.or(request);
            match brought {
                Brought::Refused(said) => return Ok(answer(first, said)),
                Brought::Found(found, enough) => {
                    for (path, nodes) in found {
                        all.entry(path).or_default().extend(nodes);
                    }
                    let is_full = |most| {
                        let path = self.call.paths.first();
                        path.and_then(|path| all.get(path)).is_some_and(|nodes| nodes.len() >= most)
                    };
                    if enough || self.call.enough.is_some_and(is_full) {
                        break;
                    }
                }
            }
        }
        Ok(answer(first, Said::Found(all)))
    }

    /// All pages, with the number of the first request.
    async fn pages(
        &self,
        mut input: Json,
        room: &mut usize,
    ) -> Result<(Option<String>, Brought), Trouble> {
        let mut joined = Joined::new(self.name, self.service.protocol, self.found.paging.as_ref());
        let mut first = None;
        loop {
            let (request, page) = match self.page(&input).await {
                Ok(page) => page,
                Err(Trouble {
                    sort: Sort::Refused, code: Some(code), message, request, ..
                }) if joined.pages() == 0 => {
                    return Ok((request, Brought::Refused(Said::Refused { code, message })));
                }
                // What is refused in the middle says nothing of what was asked.
                Err(Trouble { sort: Sort::Refused, message, .. }) => {
                    let message = format!("a further page was refused: {message}");
                    return Err(Trouble::new(self.name, Sort::Unanswered, message));
                }
                Err(trouble) => return Err(trouble),
            };
            first = first.or(request);
            let next = joined.add(page)?;
            let enough = wanted::is_enough(self.call, joined.output())?;
            let Some(next) = next.filter(|_| !enough) else {
                let found = wanted::found(self.call, joined.output(), room)?;
                return Ok((first, Brought::Found(found, enough)));
            };
            for (field, token) in next {
                input = given::with(&input, &field, token);
            }
        }
    }

    /// One page, tried until it is answered, with the number of its request.
    async fn page(
        &self,
        input: &Json,
    ) -> Result<(Option<String>, serde_json::Map<String, Json>), Trouble> {
        let Self { service, found, name, .. } = *self;
        let operation = &self.call.operation;
        let request = request::request(service, operation, found, input)
            .map_err(|why| Trouble::new(name, Sort::Unanswered, why))?;
        let signing = model::signing_name(&self.call.service).unwrap_or_default();
        let region = self.call.region.as_deref().unwrap_or_else(|| self.carrier.region());
        patiently(name, self.end, async || {
            let to = To { service, signing, region, call: name };
            let reply = self.carrier.carry(to, &request).await?;
            let output = reply::output(Asked { service, operation, found, call: name }, &reply)?;
            Ok((reply.request().map(ToOwned::to_owned), output))
        })
        .await
    }
}

/// A value as text, where the protocol has no types.
fn plain(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
