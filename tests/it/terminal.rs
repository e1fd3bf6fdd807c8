//! Whatever a command prints, a terminal shows it and obeys none of it.

use std::num::NonZeroU16;

use holdpoint::text::{Lines, visible};
use vt100::{Callbacks, Parser, Screen};

const GUTTER: &str = "│ ";
const WIDTH: u16 = 40;

/// Counts everything that a terminal was asked to do besides showing characters.
#[derive(Default)]
struct Obeyed(Vec<String>);

impl Callbacks for Obeyed {
    fn audible_bell(&mut self, _: &mut Screen) {
        self.0.push("bell".to_owned());
    }
    fn visual_bell(&mut self, _: &mut Screen) {
        self.0.push("flash".to_owned());
    }
    fn resize(&mut self, _: &mut Screen, size: (u16, u16)) {
        self.0.push(format!("resize {size:?}"));
    }
    fn set_window_icon_name(&mut self, _: &mut Screen, name: &[u8]) {
        self.0.push(format!("icon {name:?}"));
    }
    fn set_window_title(&mut self, _: &mut Screen, title: &[u8]) {
        self.0.push(format!("title {title:?}"));
    }
    fn copy_to_clipboard(&mut self, _: &mut Screen, _: &[u8], data: &[u8]) {
        self.0.push(format!("copy {data:?}"));
    }
    fn paste_from_clipboard(&mut self, _: &mut Screen, _: &[u8]) {
        self.0.push("paste".to_owned());
    }
    fn unhandled_char(&mut self, _: &mut Screen, c: char) {
        self.0.push(format!("char {c:?}"));
    }
    fn unhandled_control(&mut self, _: &mut Screen, byte: u8) {
        self.0.push(format!("control {byte}"));
    }
    fn unhandled_escape(&mut self, _: &mut Screen, _: Option<u8>, _: Option<u8>, byte: u8) {
        self.0.push(format!("escape {byte}"));
    }
    fn unhandled_csi(
        &mut self,
        _: &mut Screen,
        _: Option<u8>,
        _: Option<u8>,
        _: &[&[u16]],
        c: char,
    ) {
        self.0.push(format!("csi {c}"));
    }
    fn unhandled_osc(&mut self, _: &mut Screen, parameters: &[&[u8]]) {
        self.0.push(format!("osc {parameters:?}"));
    }
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len())]
    }
}

const STARTS: &[&str] = &[
    "\x1b[", "\x1b[?", "\u{9b}", "\x1b]", "\u{9d}", "\x1bP", "\u{90}", "\x1b_", "\x1b^", "\x1bX",
    "\x1b(", "\x1b#", "\x1b", "\u{98}",
];
const MIDDLES: &[&str] = &[
    "",
    "0",
    "1;31",
    "2",
    "2J",
    "3J",
    "1049",
    "25",
    "2004",
    "1000",
    "8;1;1",
    "0;pwned",
    "52;c;cHduZWQ=",
    "8;;http://evil",
    "$q",
    "10;?",
    "H",
    "999;999",
    "6n",
    "5",
    "%G",
    "c",
];
const ENDS: &[&str] = &[
    "h", "l", "m", "J", "K", "H", "A", "B", "C", "D", "G", "d", "r", "s", "u", "t", "n", "c", "L",
    "M", "P", "X", "@", "\x07", "\x1b\\", "\u{9c}", "",
];
const OTHERS: &[&str] = &[
    "\x08",
    "\r",
    "\x0b",
    "\x0c",
    "\0",
    "\x7f",
    "\x0e",
    "\x0f",
    "\t",
    "\u{85}",
    "\u{84}",
    "\u{8d}",
    "\u{202e}",
    "\u{2066}",
    "\u{2069}",
    "\u{200b}",
    "\u{200d}",
    "\u{feff}",
    "\u{2028}",
    "\u{ad}",
    "\u{e0041}",
    "\u{fe0f}",
    "\u{3164}",
    "yes",
    "Proceed? [y/N] ",
    "é",
    "漢",
    "😀",
    "e\u{301}",
    "│ ",
    "\n",
];

fn hostile(dice: &mut Dice) -> String {
    let mut text = String::new();
    for _ in 0..=dice.roll(6) {
        if dice.roll(3) > 0 {
            text.push_str(dice.pick(STARTS));
            text.push_str(dice.pick(MIDDLES));
            text.push_str(dice.pick(ENDS));
        }
        text.push_str(dice.pick(OTHERS));
    }
    text
}

/// Prints a text as the screen does: line by line, each behind the gutter.
fn print(text: &str, shows: fn(&str) -> String, terminal: &mut Parser<Obeyed>) {
    let mut line = |line: &str| {
        // Short enough for the width of the terminal whatever the characters' own is.
        for part in shows(line).chars().collect::<Vec<_>>().chunks(18) {
            let part: String = part.iter().collect();
            terminal.process(format!("{GUTTER}{part}\r\n").as_bytes());
        }
    };
    let mut lines = Lines::default();
    lines.push(text, &mut line);
    lines.finish(&mut line);
}

fn terminal() -> Parser<Obeyed> {
    let size = |cells| NonZeroU16::new(cells).unwrap();
    Parser::new_with_callbacks(size(60), size(WIDTH), 0, Obeyed::default())
}

/// Everything about a terminal that output may not change.
fn modes(screen: &Screen) -> (String, String, bool, bool) {
    let (keys, pen) = (screen.input_mode_formatted(), screen.attributes_formatted());
    (keys, pen, screen.alternate_screen(), screen.hide_cursor())
}

/// Whether every line above the cursor stands behind the gutter and has no colour.
fn rows_are_ours(screen: &Screen) -> bool {
    let (below, _) = screen.cursor_position();
    let plain = |row, column| {
        screen.cell(row, column).is_none_or(|cell| cell.fgcolor() == vt100::Color::Default)
    };
    (0..below).all(|row| {
        screen.cell(row, 0).is_some_and(|cell| cell.contents() == "│")
            && (0..WIDTH).all(|column| plain(row, column))
    })
}

/// What is wrong with the terminal after hostile output, if anything.
fn harm(shows: fn(&str) -> String, cases: usize) -> Option<String> {
    let mut plain = terminal();
    print("plain text", shows, &mut plain);
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let mut terminal = terminal();
    for case in 0..cases {
        let text = hostile(&mut dice);
        print(&text, shows, &mut terminal);
        let (screen, obeyed) = (terminal.screen(), &terminal.callbacks().0);
        let (_, column) = screen.cursor_position();
        // Looking at every cell takes long: often enough that no line scrolls away unseen.
        let rows = case % 4 > 0 || rows_are_ours(screen);
        if !obeyed.is_empty() || column != 0 || !rows || modes(screen) != modes(plain.screen()) {
            return Some(format!("case {case} {text:?}: {obeyed:?}, column {column}"));
        }
    }
    None
}

#[test]
fn obeys_nothing_that_a_command_prints() {
    assert_eq!(harm(|line| visible(line).into_owned(), 100_000), None);
}

#[test]
fn would_obey_if_it_were_let() {
    assert!(harm(str::to_owned, 100).is_some(), "the cases are harmless: they prove nothing");
}
