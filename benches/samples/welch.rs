//! Welch's t-test of the times of two classes, after dudect.

/// The largest `|t|` over all samples, and over those below some percentiles: interruptions are long
/// and hide what is short.
pub(crate) fn measure(samples: u32, mut time: impl FnMut(usize) -> f64) -> f64 {
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut times = [Vec::new(), Vec::new()];
    for sample in 0..samples + samples / 10 {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let class = (random >> 40 & 1) as usize;
        let took = time(class);
        // The first tenth warms up.
        if sample >= samples / 10 {
            times[class].push(took);
        }
    }
    let mut all = times.concat();
    all.sort_by(f64::total_cmp);
    [0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0]
        .into_iter()
        .map(|share| {
            let limit = all[((all.len() - 1) as f64 * share) as usize];
            let [left, right] = times
                .each_ref()
                .map(|times| Moments::of(times.iter().copied().filter(|time| *time <= limit)));
            left.t(&right).abs()
        })
        .fold(0.0, f64::max)
}

struct Moments {
    count: f64,
    mean: f64,
    variance: f64,
}

impl Moments {
    fn of(times: impl Iterator<Item = f64>) -> Self {
        let (mut count, mut mean, mut squares) = (0.0, 0.0, 0.0);
        for time in times {
            count += 1.0;
            let off = time - mean;
            mean += off / count;
            squares += off * (time - mean);
        }
        Self { count, mean, variance: squares / (count - 1.0) }
    }

    /// Welch's t; nothing can be said of classes that hold next to nothing.
    fn t(&self, other: &Self) -> f64 {
        let spread = self.variance / self.count + other.variance / other.count;
        if self.count < 100.0 || other.count < 100.0 || spread <= 0.0 {
            return 0.0;
        }
        (self.mean - other.mean) / spread.sqrt()
    }
}
