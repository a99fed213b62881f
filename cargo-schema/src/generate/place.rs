//! Where a new or moved migration goes: the name of its folder and the version that follows from it. Pure; the
//! clock is an argument.

use schema_build::migrations::name::{self, Moment, Parts};

use super::taken::Taken;

/// A name for a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The name of the folder.
    pub(crate) folder: String,
    /// What Diesel's table will hold.
    pub(crate) version: String,
}

/// What a name is made from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Naming<'a> {
    /// The configured template.
    pub(crate) template: &'a str,
    /// Seconds since 1970.
    pub(crate) now: u64,
    /// The versions that exist.
    pub(crate) taken: &'a Taken,
}

impl Naming<'_> {
    /// The first name from now on whose version sorts after all of `after`. A template without a time cannot
    /// promise that; then the name is the one of now.
    pub(crate) fn place(&self, id: &str, message: &str, after: &[&str]) -> Place {
        let at = |epoch: u64, seq: usize| {
            let time = Moment::from_epoch(epoch);
            let slug = name::slug(message);
            let folder = name::render(self.template, &Parts { time, rev: id, slug: &slug, seq });
            Place { version: name::version(&folder, Some(id)), folder }
        };
        let fits = |place: &Place| {
            after.iter().all(|version| place.version.as_str() > *version) && !self.taken.has(&place.version)
        };
        let first = self.taken.count() + 1;
        // Without `{seq}` in the template all these are equal, and one is tried.
        let last = if self.template.contains("{seq}") { first + 10_000 } else { first };
        let seq = (first..=last).find(|&seq| fits(&at(self.now, seq))).unwrap_or(first);
        at(moment(self.now, |epoch| fits(&at(epoch, seq))), seq)
    }
}

/// The first moment from `now` on (in seconds) that fits, taken that later moments fit better; `now` itself when
/// none does within two thousand years, as with names that carry no time.
fn moment(now: u64, fits: impl Fn(u64) -> bool) -> u64 {
    if fits(now) {
        return now;
    }
    let Some(reach) = (0..36).map(|power| 1 << power).find(|&step| fits(now + step)) else { return now };
    first_fitting(now + reach / 2, now + reach, fits)
}

fn first_fitting(mut low: u64, mut high: u64, fits: impl Fn(u64) -> bool) -> u64 {
    while low < high {
        let middle = low + (high - low) / 2;
        if fits(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-20 09:15:00.
    const NOW: u64 = 1_795_166_100;
    const TEMPLATE: &str = name::DEFAULT_TEMPLATE;

    fn folder(template: &str, after: &[&str]) -> String {
        let mut taken = Taken::default();
        for version in after {
            taken.insert(&Place { folder: (*version).to_owned(), version: (*version).to_owned() });
        }
        Naming { template, now: NOW, taken: &taken }.place("4f1c2a9b7d03", "Add tax", after).folder
    }

    #[test]
    fn the_moment_is_the_first_that_fits() {
        for wanted in [100, 101, 102, 160, 1_000_000_000] {
            assert_eq!(moment(100, |moment| moment >= wanted), wanted);
        }
        assert_eq!(moment(100, |_| false), 100);
    }

    #[test]
    fn a_name_carries_the_time_the_id_and_the_message() {
        assert_eq!(folder(TEMPLATE, &["20261119"]), "2026-11-20-0915-4f1c2a9b7d03_add_tax");
    }

    #[test]
    fn a_clock_that_is_behind_is_overruled() {
        assert_eq!(folder(TEMPLATE, &["202611200915ffffffffffff"]), "2026-11-20-0916-4f1c2a9b7d03_add_tax");
        assert_eq!(folder(TEMPLATE, &["203012312359ffffffffffff"]), "2031-01-01-0000-4f1c2a9b7d03_add_tax");
    }

    #[test]
    fn a_name_without_a_time_is_taken_as_it_is() {
        assert_eq!(folder("{rev}_{slug}", &["ffffffffffff"]), "4f1c2a9b7d03_add_tax");
    }

    #[test]
    fn a_number_is_the_next_free_one() {
        assert_eq!(folder("{seq}_{slug}", &[]), "0001_add_tax");
        assert_eq!(folder("{seq}_{slug}", &["0001", "0005"]), "0006_add_tax");
    }
}
