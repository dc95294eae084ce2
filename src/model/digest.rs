//! SHA-256 values that can be added up.

use aws_lc_rs::digest::{Context, SHA256, digest};
use serde::{Deserialize, Serialize};

/// A SHA-256 value, or a sum of such values modulo 2^256; 64 lower-case hex digits as text.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

/// A SHA-256 that is computed as the bytes come.
pub struct Running(Context);

impl Default for Running {
    fn default() -> Self {
        Self(Context::new(&SHA256))
    }
}

impl Running {
    /// Takes some bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all of them.
    pub fn finish(self) -> Digest {
        Digest::read(self.0.finish().as_ref())
    }
}

/// Bytes as lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(if half < 10 { b'0' + half } else { b'a' + half - 10 });
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).collect()
}

/// The text is not 64 hex digits.
#[derive(Debug, thiserror::Error)]
#[error("not a SHA-256 value in hex")]
pub struct NotADigest;

impl Digest {
    /// The SHA-256 of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self::read(digest(&SHA256, bytes).as_ref())
    }

    fn read(bytes: &[u8]) -> Self {
        let mut out = [0; 32];
        for (place, byte) in out.iter_mut().zip(bytes) {
            *place = *byte;
        }
        Self(out)
    }

    /// The sum modulo 2^256: whatever the order, the same.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let (mut out, mut carry) = ([0; 32], false);
        for ((place, a), b) in out.iter_mut().zip(self.0).zip(other.0).rev() {
            let (sum, first) = a.overflowing_add(b);
            let (sum, second) = sum.overflowing_add(u8::from(carry));
            (*place, carry) = (sum, first || second);
        }
        Self(out)
    }

    /// Its first 64 bits.
    pub fn start(self) -> u64 {
        self.0.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
    }

    /// As lower-case hex.
    pub fn hex(self) -> String {
        hex(&self.0)
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.hex())
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.hex())
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.hex()
    }
}

impl TryFrom<String> for Digest {
    type Error = NotADigest;

    fn try_from(text: String) -> Result<Self, NotADigest> {
        if text.len() != 64 || !text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(NotADigest);
        }
        let mut out = [0; 32];
        let half = |digit: u8| if digit < b'a' { digit - b'0' } else { digit - b'a' + 10 };
        for (place, pair) in out.iter_mut().zip(text.as_bytes().chunks(2)) {
            *place = pair.iter().fold(0, |byte, digit| (byte << 4) | half(*digit));
        }
        Ok(Self(out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_reads_back_and_nothing_else_is_read() {
        let digest = Digest::of(b"godwit");
        assert_eq!(Digest::try_from(digest.hex()).unwrap(), digest);
        assert_eq!(digest.hex().get(..16).unwrap(), format!("{:016x}", digest.start()));
        for wrong in ["", "00", &"g".repeat(64), &"A".repeat(64), &"0".repeat(66)] {
            assert!(Digest::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_sum_carries_over_its_whole_length() {
        let all = Digest([0xff; 32]);
        let mut one = [0; 32];
        one[31] = 1;
        assert_eq!(all.plus(Digest(one)), Digest::default());
        let mut high = [0; 32];
        high[0] = 0x80;
        assert_eq!(Digest(high).plus(Digest(high)), Digest::default());
    }
}
