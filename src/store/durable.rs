//! Many things on a disk become durable together: what it is asked for at the same time costs it little
//! more than one thing by itself.

use std::io;

/// Threads that wait for the disk.
const HANDS: usize = 16;

/// Makes all of them durable, each by `sync`.
pub(super) fn make<T: Sync>(all: &[T], sync: impl Fn(&T) -> io::Result<()> + Sync) -> io::Result<()> {
    let share = all.len().div_ceil(HANDS).max(1);
    let sync = &sync;
    std::thread::scope(|scope| {
        let hands: Vec<_> =
            all.chunks(share).map(|some| scope.spawn(move || some.iter().try_for_each(sync))).collect();
        hands
            .into_iter()
            .try_for_each(|hand| hand.join().map_err(|_| io::Error::other("a thread broke off"))?)
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn each_is_made_durable_once_and_one_that_is_not_is_told() {
        for number in [0_usize, 1, 15, 16, 17, 100] {
            let all: Vec<usize> = (0..number).collect();
            let done = Mutex::new(Vec::new());
            make(&all, |one| {
                done.lock().unwrap().push(*one);
                Ok(())
            })
            .unwrap();
            let mut done = done.into_inner().unwrap();
            done.sort_unstable();
            assert_eq!(done, all);
        }
        let all: Vec<usize> = (0..100).collect();
        assert!(make(&all, |one| if *one == 77 { Err(io::Error::other("full")) } else { Ok(()) }).is_err());
    }
}
