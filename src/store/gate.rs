//! Who may name files in the media directory, and who may remove some: many keepers at a time, or one
//! remover alone, also among daemons that share the directory.
//!
//! Inside a daemon that is a lock in memory; between daemons the directories themselves are locked, which
//! ends with the process. `media` is the room, an empty directory in it the door: a remover holds the door
//! shut, so that those in the room leave and nobody else comes in. Daemons that share a bucket and no disk
//! have room and door in the database they share, as locks of a connection, which end with it.

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sqlx::{ConnectOptions, PgConnection, postgres::PgConnectOptions};
use tokio::{
    sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock},
    task::spawn_blocking,
};

/// Takes the room in the database, with others.
const KEEP: &str = "select pg_advisory_lock_shared(7236837363); select pg_advisory_lock_shared(7236837364); \
                    select pg_advisory_unlock_shared(7236837363)";
/// Shuts the door there and takes the room alone.
const ALONE: &str = "select pg_advisory_lock(7236837363); select pg_advisory_lock(7236837364)";
/// Pause before the database is asked again.
const PAUSE: Duration = Duration::from_secs(1);

/// The gate of one media directory.
#[derive(Debug, Clone)]
pub(super) struct Gate {
    inside: Arc<RwLock<()>>,
    door: PathBuf,
    room: PathBuf,
    server: Option<PgConnectOptions>,
}

/// The right to name files, with others.
#[derive(Debug)]
pub(super) struct Keeping {
    _room: Option<File>,
    _there: Option<PgConnection>,
    _inside: OwnedRwLockReadGuard<()>,
}

/// The right to remove files, alone.
#[derive(Debug)]
pub(super) struct Alone {
    _door: Option<File>,
    _room: Option<File>,
    _there: Option<PgConnection>,
    _inside: OwnedRwLockWriteGuard<()>,
}

impl Gate {
    /// The gate of a media directory; makes its door.
    pub(super) fn open(media: &Path) -> std::io::Result<Self> {
        let door = media.join("door");
        std::fs::create_dir_all(&door)?;
        Ok(Self { inside: Arc::default(), door, room: media.to_owned(), server: None })
    }

    /// The gate of what daemons share with this database, wherever their disks are.
    pub(super) fn shared_at(self, server: PgConnectOptions) -> Self {
        Self { server: Some(server), ..self }
    }

    /// Waits until nobody removes.
    pub(super) async fn keep(&self) -> Keeping {
        let inside = Arc::clone(&self.inside).read_owned().await;
        let (door, room) = (self.door.clone(), self.room.clone());
        let locked = spawn_blocking(move || {
            let door = locked(&door, File::lock_shared);
            let room = locked(&room, File::lock_shared);
            drop(door);
            room
        });
        let room = locked.await.ok().flatten();
        Keeping { _room: room, _there: self.there(KEEP).await, _inside: inside }
    }

    /// Waits until nobody keeps, and lets nobody begin to.
    pub(super) async fn alone(&self) -> Alone {
        let inside = Arc::clone(&self.inside).write_owned().await;
        let (door, room) = (self.door.clone(), self.room.clone());
        let both = spawn_blocking(move || (locked(&door, File::lock), locked(&room, File::lock)));
        let (door, room) = both.await.unwrap_or_default();
        Alone { _door: door, _room: room, _there: self.there(ALONE).await, _inside: inside }
    }

    /// The locks in the database, where they are there: without them nothing may be done, so they are asked
    /// for until they can be had. They fall with their connection.
    async fn there(&self, locks: &'static str) -> Option<PgConnection> {
        let server = self.server.as_ref()?;
        loop {
            match taken(server, locks).await {
                Ok(connection) => return Some(connection),
                Err(error) => tracing::warn!(%error, "the gate of the files cannot be reached"),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

async fn taken(server: &PgConnectOptions, locks: &'static str) -> Result<PgConnection, sqlx::Error> {
    let mut connection = server.connect().await?;
    sqlx::raw_sql(locks).execute(&mut connection).await?;
    Ok(connection)
}

/// A directory, locked until it is dropped. Where the file system knows no locks, only one daemon may
/// use the directory; that is said and not refused, because most have one.
fn locked(dir: &Path, how: fn(&File) -> std::io::Result<()>) -> Option<File> {
    let opened = File::open(dir).and_then(|dir| how(&dir).map(|()| dir));
    opened
        .inspect_err(
            |error| tracing::warn!(%error, dir = %dir.display(), "the media directory takes no locks"),
        )
        .ok()
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures::poll;

    use super::*;

    fn two_daemons(dir: &Path) -> [Gate; 2] {
        [Gate::open(dir).unwrap(), Gate::open(dir).unwrap()]
    }

    #[tokio::test]
    async fn one_daemon_removes_nothing_while_another_keeps() {
        let dir = tempfile::tempdir().unwrap();
        let [one, other] = two_daemons(dir.path());
        let (first, second) = (one.keep().await, other.keep().await);
        let mut removing = pin!(other.alone());
        assert!(poll!(removing.as_mut()).is_pending());
        drop(second);
        assert!(poll!(removing.as_mut()).is_pending());
        // It holds the door when nobody else can; then it waits for the room.
        let door = File::open(dir.path().join("door")).unwrap();
        while door.try_lock_shared().is_ok() {
            door.unlock().unwrap();
            tokio::task::yield_now().await;
        }
        let mut keeping = pin!(one.keep());
        assert!(poll!(keeping.as_mut()).is_pending());
        assert!(poll!(removing.as_mut()).is_pending(), "somebody keeps");
        drop(first);
        let alone = removing.await;
        assert!(poll!(keeping.as_mut()).is_pending(), "somebody removes");
        drop(alone);
        drop(keeping.await);
    }
    #[tokio::test]
    async fn daemons_without_a_common_disk_meet_in_their_database() {
        let dirs = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let store = crate::store::Store::open(dirs[0].path()).await.unwrap();
        let Some(server) = store.server() else { return };
        let [one, other] =
            dirs.each_ref().map(|dir| Gate::open(dir.path()).unwrap().shared_at(server.clone()));
        let (first, second) = (one.keep().await, other.keep().await);
        let mut removing = pin!(other.alone());
        assert!(poll!(removing.as_mut()).is_pending());
        drop(second);
        assert!(poll!(removing.as_mut()).is_pending(), "the other daemon keeps");
        drop(first);
        let alone = removing.await;
        let mut keeping = pin!(one.keep());
        assert!(poll!(keeping.as_mut()).is_pending());
        drop(alone);
        drop(keeping.await);
    }
}
