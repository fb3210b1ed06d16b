//! Contenders side by side in one run: short slices of each in turn, in rotated order, over many
//! rounds. What counts is the median over the rounds of the ratio to the floor: whatever else the
//! machine does hits all contenders of a round alike. Absolute times are the median of the rounds
//! and only give context.

#![allow(dead_code, unreachable_pub, reason = "each bench uses its part")]

use std::hint::black_box;
use std::time::{Duration, Instant};

/// How long one contender runs before the next one takes its turn.
const SLICE: Duration = Duration::from_millis(3);

/// Rounds of an ordinary run; `HOOKSTAGE_BENCH_ROUNDS` asks for more or fewer.
const ROUNDS: usize = 25;

/// One table: the first contender is the floor of the ratios.
pub(crate) struct Table<'c> {
    title: String,
    contenders: Vec<Contender<'c>>,
}

struct Contender<'c> {
    name: String,
    goal: Option<f64>,
    run: Box<dyn FnMut(u32) + 'c>,
    repeats: u32,
    times: Vec<f64>,
}

impl<'c> Table<'c> {
    pub(crate) fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), contenders: Vec::new() }
    }

    /// Adds a contender; the first one is the floor.
    pub(crate) fn add<T>(self, name: &str, run: impl FnMut() -> T + 'c) -> Self {
        self.push(name, None, run)
    }

    /// Adds a contender that should take at most `goal` times the floor.
    pub(crate) fn add_with_goal<T>(
        self,
        name: &str,
        goal: f64,
        run: impl FnMut() -> T + 'c,
    ) -> Self {
        self.push(name, Some(goal), run)
    }

    fn push<T>(mut self, name: &str, goal: Option<f64>, mut run: impl FnMut() -> T + 'c) -> Self {
        // The loop stands inside the box, so that calling the box is not part of a repeat.
        let run = Box::new(move |repeats: u32| {
            for _ in 0..repeats {
                black_box(run());
            }
        });
        let name = name.to_owned();
        self.contenders.push(Contender { name, goal, run, repeats: 1, times: Vec::new() });
        self
    }

    /// Measures and prints; returns how many goals were missed.
    pub(crate) fn print(mut self) -> usize {
        for contender in &mut self.contenders {
            contender.fill_a_slice();
        }
        let count = self.contenders.len();
        for round in 0..rounds() {
            for turn in 0..count {
                self.contenders[(round + turn) % count].take_a_turn();
            }
        }
        println!("\n{}", self.title);
        println!("| contender | median | ratio to the floor | goal | |");
        println!("|---|---:|---:|---:|---|");
        let floor = self.contenders[0].times.clone();
        let mut missed = 0;
        for contender in &self.contenders {
            let ratio =
                median(contender.times.iter().zip(&floor).map(|(time, floor)| time / floor));
            let (goal, verdict) = match contender.goal {
                None => (String::new(), ""),
                Some(goal) if ratio <= goal => (format!("{goal:.2}"), "reached"),
                Some(goal) => {
                    missed += 1;
                    (format!("{goal:.2}"), "missed")
                }
            };
            let time = duration(median(contender.times.iter().copied()));
            println!("| {} | {time} | {ratio:.3} | {goal} | {verdict} |", contender.name);
        }
        missed
    }
}

/// Ends the run: with `--check` it fails when a goal was missed.
pub fn finish(missed: usize) {
    if missed > 0 && std::env::args().any(|argument| argument == "--check") {
        std::process::exit(1);
    }
}

impl Contender<'_> {
    fn fill_a_slice(&mut self) {
        loop {
            let start = Instant::now();
            (self.run)(self.repeats);
            let took = start.elapsed();
            if took >= SLICE || self.repeats > 1 << 24 {
                return;
            }
            // At most doubled, so that one interruption does not make the slice too short.
            let wanted = SLICE.as_secs_f64() / took.as_secs_f64().max(1e-9);
            self.repeats = (f64::from(self.repeats) * wanted.clamp(1.1, 2.0)).ceil() as u32;
        }
    }

    fn take_a_turn(&mut self) {
        let start = Instant::now();
        (self.run)(self.repeats);
        self.times.push(start.elapsed().as_secs_f64() / f64::from(self.repeats));
    }
}

fn rounds() -> usize {
    let asked = std::env::var("HOOKSTAGE_BENCH_ROUNDS").ok().and_then(|text| text.parse().ok());
    asked.unwrap_or(ROUNDS).max(1)
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn duration(seconds: f64) -> String {
    match seconds * 1e9 {
        nanos if nanos < 1e5 => format!("{nanos:.0} ns"),
        nanos if nanos < 1e8 => format!("{:.1} us", nanos / 1e3),
        nanos => format!("{:.1} ms", nanos / 1e6),
    }
}
