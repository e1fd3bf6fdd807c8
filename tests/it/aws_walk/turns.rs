//! What the person who walks the AWS runbook is asked, in this order, and what they say.

use crate::terminal_kit::Person;

/// One question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The gate before this phase; 9 is the last one.
    Gate(usize),
    /// A step by hand: its id, its title, and what is written into the journal, if it is asked for.
    Hand(&'static str, &'static str, Option<&'static str>),
    /// A word by name for this criterion.
    Word(&'static str),
}

use Turn::{Gate, Hand, Word};

/// The whole runbook, where nothing goes wrong.
pub const TURNS: &[Turn] = &[
    Gate(1),
    Hand("scope", "Write down what is deployed", Some(SCOPE)),
    Hand("plan", "Write down the order, the way back, and how long it may be away", Some(PLAN)),
    Word("Help can be reached"),
    Gate(2),
    Hand("configuration", "Prepare the configuration of this environment", None),
    Hand("backup", "Back up the table, and what is configured", None),
    Gate(3),
    Hand("bucket", "Create the bucket for exports", None),
    Hand("index", "Add the index by customer to the table", None),
    Hand("permissions", "Let the tasks use the bucket and the index, and nothing more", None),
    Hand("network", "Network and listeners are as designed", None),
    Hand("no-drift", "Nobody changed by hand what CloudFormation answers for", None),
    Hand("infrastructure-summary", "Write down what was created or changed", Some(MADE)),
    Word("All changes to the infrastructure are made"),
    Gate(4),
    Hand("export", "Deploy the data pipeline: orders-export", None),
    Hand("api", "Deploy the service: orders-api", None),
    Gate(5),
    Hand("cost-review", "Review the costs", Some("nothing that we do not know")),
    Gate(6),
    Hand("dashboard", "Set up the dashboard", None),
    Hand("logs", "Gather the logs, and count what matters in them", None),
    Hand("alarms", "Set up the alarms", None),
    Hand("alarm-test", "Test that an alarm reaches somebody", None),
    Word("Somebody was really woken, and the dashboard tells the truth"),
    Gate(7),
    Hand("walked", "Walk it in the test environment", Some("back in 7 minutes, all orders there")),
    Word("The team knows it"),
    Gate(8),
    Hand("documents", "Bring the documents up to date", None),
    Hand("announce", "Tell those who are waiting for it", None),
    Hand("report", "Write the report", None),
    Gate(9),
];

const SCOPE: &str = "orders-api 2.4.0, orders-export 7; a bucket, an index; both need both";
const PLAN: &str =
    "bucket, index, orders-export, orders-api; back in the opposite order; no downtime";
const MADE: &str = "created the bucket and the index, changed orders-task and the listeners";

impl Turn {
    /// Waits for the question, has `done` done what it asks for, and answers.
    pub fn is_taken(self, person: &mut Person, done: impl FnOnce(&str)) {
        match self {
            Gate(phase) => {
                person.sees(&gate(phase));
                person.answers("production");
            }
            Hand(step, title, says) => {
                person.sees(&format!("By hand: {title}"));
                person.sees("Your answer");
                done(step);
                person.types("done\r");
                if let Some(says) = says {
                    person.sees("What was done");
                    person.types(&format!("{says}\r"));
                }
            }
            Word(criterion) => {
                person.sees(&format!("Exit criterion: {criterion}"));
                person.answers("yes");
                person.sees("Your name");
                person.types("Ada Lovelace\r");
            }
        }
    }
}

/// How a gate begins.
pub fn gate(phase: usize) -> String {
    if phase > 8 { "Last gate".to_owned() } else { format!("Gate to phase {phase} of 8") }
}
