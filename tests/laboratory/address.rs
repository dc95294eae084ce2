//! Addresses on loopback for servers of a test.

use std::{
    net::TcpStream,
    sync::atomic::{AtomicU16, Ordering},
};

/// Counts the addresses given out by this program.
static GIVEN: AtomicU16 = AtomicU16::new(1);

/// An address of loopback for one server, free when it is given out: `127.x.y.z:port`.
///
/// No other server of this program has the host, and hardly one of another program. The port lies below those
/// that systems give away by themselves: one that was bound to find it free and let go of could be taken, or
/// still be held by a program that just begins with all files of this one. So it is not bound, but called.
pub fn address() -> String {
    loop {
        let own = std::process::id().to_be_bytes();
        let [high, low] = GIVEN.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let address = format!("127.{}.{}.{low}:{}", own[2] | 0x80, own[3], 20_000 + u16::from(high));
        if TcpStream::connect(&address).is_err() {
            return address;
        }
    }
}
