//! Contenders side by side: short slices of each in turn, many rounds, and the median of the
//! ratios to the first one. Absolute times are the best of all rounds and only give context.

#![allow(dead_code)]

pub mod payloads;

use std::hint::black_box;
use std::time::{Duration, Instant};

const ROUNDS: usize = 25;
const SLICE: Duration = Duration::from_millis(3);

/// One table: every contender against the first.
pub struct Table<'c> {
    title: String,
    contenders: Vec<Contender<'c>>,
}

struct Contender<'c> {
    name: String,
    goal: Option<f64>,
    run: Box<dyn FnMut() + 'c>,
    repeats: u32,
    times: Vec<f64>,
}

impl<'c> Table<'c> {
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), contenders: Vec::new() }
    }

    /// Adds a contender; the first one added is the unit of the ratios.
    pub fn add<T>(self, name: &str, run: impl FnMut() -> T + 'c) -> Self {
        self.push(name, None, run)
    }

    /// Adds a contender that should not exceed `goal` times the first one.
    pub fn add_with_goal<T>(self, name: &str, goal: f64, run: impl FnMut() -> T + 'c) -> Self {
        self.push(name, Some(goal), run)
    }

    fn push<T>(mut self, name: &str, goal: Option<f64>, mut run: impl FnMut() -> T + 'c) -> Self {
        let run = Box::new(move || drop(black_box(run())));
        self.contenders.push(Contender {
            name: name.to_owned(),
            goal,
            run,
            repeats: 1,
            times: Vec::new(),
        });
        self
    }

    /// Measures and prints the table.
    pub fn print(mut self) {
        for contender in &mut self.contenders {
            contender.warm_up();
        }
        let count = self.contenders.len();
        for round in 0..ROUNDS {
            for turn in 0..count {
                let contender = &mut self.contenders[(round + turn) % count];
                let time = contender.slice();
                contender.times.push(time);
            }
        }
        println!("\n{}", self.title);
        println!("| contender | best | ratio | goal |");
        println!("|---|---:|---:|---:|");
        let unit = self.contenders[0].times.clone();
        for contender in &self.contenders {
            let mut ratios: Vec<f64> =
                contender.times.iter().zip(&unit).map(|(time, unit)| time / unit).collect();
            ratios.sort_by(f64::total_cmp);
            let best = contender.times.iter().copied().fold(f64::INFINITY, f64::min);
            let goal = contender.goal.map_or(String::new(), |goal| format!("{goal:.2}"));
            let median = ratios[ratios.len() / 2];
            println!("| {} | {} | {median:.3} | {goal} |", contender.name, duration(best));
        }
    }
}

impl Contender<'_> {
    /// Finds how many runs fill a slice.
    fn warm_up(&mut self) {
        loop {
            let start = Instant::now();
            for _ in 0..self.repeats {
                (self.run)();
            }
            if start.elapsed() >= SLICE || self.repeats > 1 << 24 {
                return;
            }
            self.repeats *= 2;
        }
    }

    /// Seconds for one run, over one slice.
    fn slice(&mut self) -> f64 {
        let start = Instant::now();
        for _ in 0..self.repeats {
            (self.run)();
        }
        start.elapsed().as_secs_f64() / f64::from(self.repeats)
    }
}

fn duration(seconds: f64) -> String {
    match seconds * 1e9 {
        nanos if nanos < 1e4 => format!("{nanos:.0} ns"),
        nanos if nanos < 1e7 => format!("{:.1} us", nanos / 1e3),
        nanos => format!("{:.1} ms", nanos / 1e6),
    }
}
