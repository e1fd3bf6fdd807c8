//! SIGKILL at random moments of real runs on a real terminal, against a ledger of what really
//! happened: nothing is lost, nothing happens twice, nothing goes on in silence.

pub mod campaign;
mod left;
pub mod ordeal;
pub mod proof;
pub mod seat;

use campaign::{BEGINNING, Campaign, Tally};
use ordeal::Ordeal;

const BOOK: &str = include_str!("kills/book.toml");

const CAMPAIGN: Campaign = Campaign {
    kills: 200,
    each: 4,
    at_once: 4,
    most: |chance, rest| if chance < 0.25 { rest.min(BEGINNING) } else { rest },
    is_spread,
};

#[test]
fn two_hundred_kills_lose_nothing_and_repeat_nothing() {
    CAMPAIGN.goes(|_seed, tally, draw| Ordeal::of(BOOK, tally).goes_to_its_end(draw));
}

fn is_spread(total: &Tally) {
    let places = ["before phase 1", "phase 1", "phase 2", "phase 4", "phase 5", "phase 8"];
    total.is_spread(1, &places, &["step started", "step acted", "asked"]);
    assert!(total.doubts >= 20 && total.left_running >= 3, "too few doubts");
}
