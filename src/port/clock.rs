//! Time and randomness as parameters, so that tests can hold both still.

use std::sync::Arc;

use crate::model::moment::Moment;

/// Tells the time and makes secrets.
pub trait Clock: Send + Sync {
    /// Microseconds since 1970.
    fn now_micros(&self) -> i64;

    /// Fills `bytes` with cryptographic randomness.
    fn random(&self, bytes: &mut [u8]);

    /// The current moment.
    fn now(&self) -> Moment {
        Moment::from_micros(self.now_micros())
    }

    /// A fresh secret of 256 bits, URL-safe text.
    fn secret(&self) -> String {
        use base64::Engine;
        let mut bytes = [0_u8; 32];
        self.random(&mut bytes);
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
    }

    /// A fresh UUIDv7 of the current time.
    fn id(&self) -> String {
        let mut bytes = [0_u8; 10];
        self.random(&mut bytes);
        let millis = u64::try_from(self.now_micros().div_euclid(1000)).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid().to_string()
    }
}

/// A clock shared by all parts of a daemon.
pub type SharedClock = Arc<dyn Clock>;

/// The machine's own clock and randomness.
#[derive(Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now_micros(&self) -> i64 {
        chrono::Utc::now().timestamp_micros()
    }

    fn random(&self, bytes: &mut [u8]) {
        aws_lc_rs::rand::fill(bytes).expect("the system's random source does not fail once it is seeded");
    }
}
