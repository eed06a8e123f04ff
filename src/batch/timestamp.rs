//! Points in time as articles give them: RFC 3339, or seconds since 1970.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// `None` if the number is no point in time that the system can hold.
pub fn from_unix(seconds: f64) -> Option<SystemTime> {
    let distance = Duration::try_from_secs_f64(seconds.abs()).ok()?;
    if seconds < 0.0 {
        UNIX_EPOCH.checked_sub(distance)
    } else {
        UNIX_EPOCH.checked_add(distance)
    }
}

/// Reads `2026-11-20T08:00:00.5+06:00` (RFC 3339, section 5.6; a space may stand for the `T`).
pub fn from_rfc3339(text: &str) -> Option<SystemTime> {
    let (date, rest) = text.split_at_checked(10)?;
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let (clock, rest) = rest.split_at_checked(8)?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(clock, ':', [2, 2, 2])?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap),
        1..=12 => 31,
        _ => return None,
    };
    // Second 60 is a leap second.
    if !(1..=days).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let (nanos, zone) = fraction(rest)?;
    let seconds = days_since_1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second
        - offset(zone)?;
    let whole = Duration::from_secs(seconds.unsigned_abs());
    let time = if seconds < 0 {
        UNIX_EPOCH.checked_sub(whole)?
    } else {
        UNIX_EPOCH.checked_add(whole)?
    };
    time.checked_add(Duration::from_nanos(nanos))
}

/// Numbers of fixed width between separators.
fn numbers<const N: usize>(text: &str, separator: char, widths: [usize; N]) -> Option<[i64; N]> {
    let mut parts = text.split(separator);
    let mut values = [0; N];
    for (value, width) in values.iter_mut().zip(widths) {
        let part = parts.next()?;
        if part.len() != width || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        *value = part.parse().ok()?;
    }
    parts.next().is_none().then_some(values)
}

/// Nanoseconds of an optional fraction (digits beyond the ninth are dropped), and what follows it.
fn fraction(text: &str) -> Option<(u64, &str)> {
    let Some(rest) = text.strip_prefix('.') else {
        return Some((0, text));
    };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (fraction, zone) = rest.split_at(digits);
    let kept = &fraction[..digits.min(9)];
    let value: u64 = kept.parse().ok()?;
    let scale = 10u64.pow(9 - u32::try_from(kept.len()).ok()?);
    Some((value * scale, zone))
}

/// Seconds east of Greenwich.
fn offset(zone: &str) -> Option<i64> {
    if matches!(zone, "Z" | "z") {
        return Some(0);
    }
    let sign = if zone.starts_with('+') { 1 } else { -1 };
    let [hours, minutes] = numbers(zone.strip_prefix(['+', '-'])?, ':', [2, 2])?;
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 3600 + minutes * 60))
}

/// Howard Hinnant's `days_from_civil`: the proleptic Gregorian calendar, with years that start in March.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_rfc_3339_allows() {
        let cases = [
            ("1970-01-01T00:00:00Z", 0.0),
            ("2000-02-29T12:30:00Z", 951_827_400.0),
            ("2026-11-20T08:00:00+06:00", 1_795_140_000.0),
            ("2026-11-20 08:00:00.25z", 1_795_161_600.25),
            ("1969-12-31T23:59:59-00:00", -1.0),
        ];
        for (text, seconds) in cases {
            assert_eq!(from_rfc3339(text), from_unix(seconds), "{text}");
        }
    }

    #[test]
    fn refuses_what_it_does_not() {
        let cases = [
            "",
            "2026-11-20",
            "2026-11-20T08:00Z",
            "2026-11-20T08:00:00",
            "2026-13-01T00:00:00Z",
            "2025-02-29T00:00:00Z",
            "2026-11-20T24:00:00Z",
            "2026-11-20T08:00:00+6:00",
            "+026-11-20T08:00:00Z",
            "2026-11-20T08:00:00.Z",
            "2026-11-2éT08:00:00Z",
            "1700000000",
        ];
        for text in cases {
            assert_eq!(from_rfc3339(text), None, "{text}");
        }
        for seconds in [f64::NAN, f64::INFINITY, 1e300, -1e300] {
            assert_eq!(from_unix(seconds), None);
        }
    }
}
