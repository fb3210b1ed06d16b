//! How long providers go on retrying, in hours rounded up, where their documentation says it. The
//! words for people stand in [`Preset::retries`](super::Preset::retries); this is for the warning
//! about a window that is too short, and a test compares the two.

use std::time::Duration;

pub(super) fn of(name: &str) -> Option<Duration> {
    let (_, hours) = HOURS.iter().find(|(preset, _)| *preset == name)?;
    Some(Duration::from_secs(hours * 3600))
}

const HOURS: [(&str, u64); 9] = [
    ("meta", 36),
    ("pagerduty-v3", 48),
    ("postsyncer", 41),
    ("shopify", 4),
    // Three attempts within six minutes.
    ("slack", 1),
    ("standard-webhooks", 72),
    ("stripe", 72),
    ("svix", 28),
    ("wise", 14 * 24),
];

#[cfg(test)]
mod tests {
    use super::HOURS;
    use crate::providers;

    #[test]
    fn hours_are_those_that_the_rows_tell_in_words() {
        for (name, hours) in HOURS {
            let words = providers::find(name).unwrap().retries;
            let told = match hours {
                1 => "5 minutes".to_owned(),
                72 => "three days".to_owned(),
                336 => "two weeks".to_owned(),
                hours => format!("{hours} hours"),
            };
            assert!(words.contains(&told), "{name}: {words}");
        }
        let told = |word: &str| {
            providers::all().iter().any(|preset| {
                preset.retries.contains(word) && !HOURS.iter().any(|(name, _)| *name == preset.name)
            })
        };
        assert!(!told(" hours") && !told(" days") && !told(" weeks"), "a row tells how long");
    }
}
