//! Addresses on loopback for servers of a test.

use std::sync::atomic::{AtomicU16, Ordering};

/// Counts the addresses given out by this program.
static GIVEN: AtomicU16 = AtomicU16::new(1);

/// An address of loopback that no other server here has: `127.x.y.z:port`.
///
/// The host is of this program alone, and the port lies below those that systems give away by themselves. A
/// port that was only tried and let go of could be taken, or still be held by a program that just begins
/// with all files of this one; and a home that is killed finds its own free when it comes back.
pub fn address() -> String {
    let own = std::process::id().to_be_bytes();
    let [high, low] = GIVEN.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    format!("127.{}.{}.{low}:{}", own[2] | 0x80, own[3], 20_000 + u16::from(high))
}
