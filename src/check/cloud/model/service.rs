//! One service, as the packed file has it.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A service of AWS, as far as looking needs it.
#[derive(Debug, Deserialize)]
pub struct Service {
    /// Its name as its model has it: `Elastic Load Balancing v2`.
    #[serde(rename = "i")]
    pub id: String,
    /// How it is spoken with.
    #[serde(rename = "p")]
    pub protocol: Protocol,
    /// Version of the JSON protocol.
    #[serde(rename = "v", default)]
    pub json: String,
    /// What stands before the operation's name in the header that names it.
    #[serde(rename = "t", default)]
    pub target: String,
    /// Version of its interface, where requests name it.
    #[serde(rename = "a", default)]
    pub version: String,
    /// The namespace of its XML.
    #[serde(rename = "x", default)]
    pub namespace: String,
    /// By partition (or one for all): host, region of signatures, and then by region exceptions.
    #[serde(rename = "e")]
    endpoints: Vec<Vec<String>>,
    /// What it can be asked.
    #[serde(rename = "o")]
    pub operations: BTreeMap<String, Operation>,
    /// What it can be asked and is not, by reason.
    #[serde(rename = "r", default)]
    refused: BTreeMap<char, String>,
    /// The types that operations name by their place here.
    #[serde(rename = "s", default)]
    shapes: Vec<Shape>,
}

/// How a service is spoken with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// JSON to one address, the operation in a header.
    Json,
    /// JSON, to addresses.
    RestJson,
    /// XML, to addresses.
    RestXml,
    /// A form, answered in XML.
    Query,
    /// The same with other names for lists.
    Ec2,
}

/// An operation.
#[derive(Debug, Default, Deserialize)]
pub struct Operation {
    /// Method and address: `GET /2015-03-31/functions/{FunctionName}`.
    #[serde(rename = "u")]
    pub uri: Option<String>,
    /// What stands before the host.
    #[serde(rename = "h")]
    pub host: Option<String>,
    /// Its input.
    #[serde(rename = "i")]
    pub input: Option<usize>,
    /// The element that its input stands in.
    #[serde(rename = "b")]
    pub root: Option<String>,
    /// Its output.
    #[serde(rename = "o")]
    pub output: Option<usize>,
    /// The element that the output stands in.
    #[serde(rename = "w")]
    pub wrapper: Option<String>,
    /// How its pages follow each other, if it has any.
    #[serde(rename = "g")]
    pub paging: Option<Paging>,
}

/// How pages follow each other.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "Vec<Pages>")]
pub struct Paging {
    /// Fields of the input that ask for the next page.
    pub asked: Vec<String>,
    /// Where the answer has their values.
    pub told: Vec<String>,
    /// The lists that go on from page to page.
    pub results: Vec<String>,
    /// Where the answer says whether there is more.
    pub more: Option<String>,
}

/// One of the facts about pages, as the file has them: one name, or a list of names.
#[derive(Deserialize)]
#[serde(untagged)]
enum Pages {
    Many(Vec<String>),
    One(String),
}

impl From<Vec<Pages>> for Paging {
    fn from(facts: Vec<Pages>) -> Self {
        let mut all = facts.into_iter().map(|fact| match fact {
            Pages::Many(names) => names,
            Pages::One(name) => vec![name],
        });
        let mut next = || all.next().unwrap_or_default();
        let (asked, told, results) = (next(), next(), next());
        let told = if told.is_empty() { asked.clone() } else { told };
        Self { asked, told, results, more: next().into_iter().next() }
    }
}

/// A type that is made of others.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Shape {
    /// Fields by name.
    Structure {
        /// Which.
        #[serde(rename = "m")]
        members: BTreeMap<String, Member>,
    },
    /// One after another.
    List {
        /// What.
        #[serde(rename = "l")]
        of: Type,
        /// Whether XML has them without an element around them all.
        #[serde(rename = "f", default)]
        flat: u8,
        /// What a form calls each.
        #[serde(rename = "n", default)]
        item: Option<String>,
    },
    /// Values by key.
    Map {
        /// What.
        #[serde(rename = "v")]
        of: Type,
        /// What XML calls key and value.
        #[serde(rename = "k", default)]
        names: Option<(String, String)>,
        /// Whether XML has them without an element around them all.
        #[serde(rename = "f", default)]
        flat: u8,
    },
}

/// A field.
#[derive(Debug, Deserialize)]
#[serde(from = "Written")]
pub struct Member {
    /// What it holds.
    pub of: Type,
    /// Where it stands.
    pub place: Place,
    /// Whether it must be given.
    pub required: bool,
}

/// Where a field stands in a request or an answer, and under which name if not its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the body.
    Body(Option<String>),
    /// It is the body.
    Payload(Option<String>),
    /// An attribute of its structure's element.
    Attribute(Option<String>),
    /// In the address.
    Uri(Option<String>),
    /// After the address's question mark.
    Query(Option<String>),
    /// A header.
    Header(Option<String>),
    /// All headers that begin so.
    Headers(String),
    /// The status of the answer.
    Status,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "Kind")]
pub enum Type {
    /// Anything that JSON holds, as it is.
    Any,
    /// Text.
    Text,
    /// A number.
    Number,
    /// True or false.
    Truth,
    /// Bytes, as Base64.
    Bytes,
    /// A time, as seconds since 1970.
    Epoch,
    /// A time, as RFC 3339 has it.
    Iso,
    /// A time, as HTTP's headers have it.
    Http,
    /// One of the service's shapes.
    Shape(usize),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Bare(Type),
    Placed(Type, String),
}

impl From<Written> for Member {
    fn from(written: Written) -> Self {
        match written {
            Written::Bare(of) => Self { of, place: Place::Body(None), required: false },
            Written::Placed(of, marks) => {
                let bare = marks.strip_prefix('!');
                let place = place(bare.unwrap_or(&marks));
                Self { of, place, required: bare.is_some() }
            }
        }
    }
}

fn place(marks: &str) -> Place {
    let mut letters = marks.chars();
    let letter = letters.next();
    let rest = letters.as_str();
    let name = (!rest.is_empty()).then(|| rest.to_owned());
    match letter {
        Some('u') => Place::Uri(name),
        Some('q') => Place::Query(name),
        Some('h') => Place::Header(name),
        Some('H') => Place::Headers(rest.to_owned()),
        Some('c') => Place::Status,
        Some('p') => Place::Payload(name),
        Some('a') => Place::Attribute(name),
        _ => Place::Body(name),
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Kind {
    Shape(usize),
    Letters(String),
}

impl From<Kind> for Type {
    fn from(kind: Kind) -> Self {
        let letters = match kind {
            Kind::Shape(at) => return Self::Shape(at),
            Kind::Letters(letters) => letters,
        };
        match letters.as_str() {
            "s" => Self::Text,
            "n" => Self::Number,
            "b" => Self::Truth,
            "x" => Self::Bytes,
            "te" => Self::Epoch,
            "ti" => Self::Iso,
            "th" => Self::Http,
            _ => Self::Any,
        }
    }
}

impl Service {
    /// A shape by its place.
    #[must_use]
    pub fn shape(&self, at: usize) -> Option<&Shape> {
        self.shapes.get(at)
    }

    /// The fields of a structure.
    #[must_use]
    pub fn members(&self, at: usize) -> Option<&BTreeMap<String, Member>> {
        match self.shape(at)? {
            Shape::Structure { members } => Some(members),
            Shape::List { .. } | Shape::Map { .. } => None,
        }
    }

    /// Why an operation is left out that is named like one that looks: `s`ecrets, `a`cts, `e`vents.
    #[must_use]
    pub fn refused(&self, operation: &str) -> Option<char> {
        let has = |names: &String| names.split(' ').any(|name| name == operation);
        self.refused.iter().find(|(_, names)| has(names)).map(|(&why, _)| why)
    }

    /// The host that answers for a region, and the region that its requests are signed for.
    #[must_use]
    pub fn host(&self, region: &str) -> (String, String) {
        let (partition, domain) = match region {
            _ if region.starts_with("cn-") => (1, "amazonaws.com.cn"),
            _ if region.starts_with("us-gov-") => (2, "amazonaws.com"),
            _ => (0, "amazonaws.com"),
        };
        let places = self.endpoints.get(partition).or_else(|| self.endpoints.first());
        let places = places.map(Vec::as_slice).unwrap_or_default();
        let exception = places.get(2..).unwrap_or_default().chunks_exact(3);
        let own = exception.into_iter().find(|exception| exception[0] == region);
        let (host, signed) = match (own, places) {
            (Some([_, host, signed]), _) | (None, [host, signed, ..]) => (host.as_str(), &**signed),
            (_, [host]) => (host.as_str(), ""),
            _ => ("", ""),
        };
        let host = host.replace("{r}", region).replace("{d}", domain);
        (host, if signed.is_empty() { region } else { signed }.to_owned())
    }
}
