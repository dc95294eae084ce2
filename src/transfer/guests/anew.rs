//! Whether somebody really signed in just now, and did not come back with an old session of that server.

use crate::port::entrance::Guest;

/// That server notes once in so long that somebody is still there, as if they had signed in; less a margin.
const NOTED_MICROS: i64 = 23 * 3600 * 1_000_000;

/// Whether the guest signed in at the server after `begun_at`. Pure.
///
/// Asking for it in the address proves nothing: whoever sits at the browser can take it out. The server
/// counts each sign-in with a secret. `before` is that count when the way began, where it was known who
/// would come; otherwise its times tell it, if they cannot come from being seen once a day.
pub(super) fn is_anew(guest: &Guest, before: Option<i64>, begun_at: i64) -> bool {
    match before {
        Some(before) => guest.sign_ins > before,
        None => {
            guest.sign_ins > 0
                && guest.signed_in_at.is_some_and(|at| at >= begun_at)
                && guest.seen_before.is_some_and(|at| at > begun_at - NOTED_MICROS)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3600 * 1_000_000;

    fn guest(sign_ins: i64, signed_in_at: i64, seen_before: i64) -> Guest {
        Guest {
            account: "1".into(),
            username: "ann".into(),
            is_admin: false,
            sign_ins,
            signed_in_at: Some(signed_in_at),
            seen_before: Some(seen_before),
        }
    }

    #[test]
    fn a_known_person_has_signed_in_anew_when_that_server_counted_one_more() {
        assert!(is_anew(&guest(4, 0, 0), Some(3), 100 * HOUR));
        assert!(!is_anew(&guest(3, 200 * HOUR, 200 * HOUR), Some(3), 100 * HOUR), "times alone are no proof");
    }

    #[test]
    fn an_unknown_person_has_when_the_time_cannot_come_from_being_seen_once_a_day() {
        let begun = 100 * HOUR;
        assert!(is_anew(&guest(4, begun + 1, begun - HOUR), None, begun));
        assert!(!is_anew(&guest(4, begun - 1, begun - HOUR), None, begun), "signed in before");
        assert!(!is_anew(&guest(4, begun + 1, begun - 30 * HOUR), None, begun), "may only have been seen");
        assert!(is_anew(&guest(1, begun + 1, begun + 1), None, begun), "the first time ever");
        assert!(!is_anew(&guest(0, begun + 1, begun + 1), None, begun));
    }
}
