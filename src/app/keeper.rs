//! The keeper beside another server: started under a user of its own, it signs and tells that server's parts what
//! changed, for the daemon that asks.

use std::{path::Path, sync::Arc};

use tokio::net::UnixListener;

use crate::{
    adapters::{self, KeeperOwn, Sign},
    config::Config,
    federation::signing::{Message, Signatures},
    port::clock::{SharedClock, SystemClock},
};

/// Serves whoever runs as one of these users, until something breaks.
///
/// # Errors
/// When the settings make no sense or the socket breaks.
pub async fn keep(config: &Config, listener: UnixListener, users: Vec<u32>) -> anyhow::Result<()> {
    anyhow::ensure!(!config.home.is_built_in(), "the built-in server keeps its keys itself");
    let surroundings = super::surroundings(config)?;
    let clock: SharedClock = Arc::new(SystemClock);
    Ok(adapters::keep_beside(&surroundings, KeeperOwn { clock, sign: sign(), users }, listener).await?)
}

/// Takes the place of a socket that an earlier keeper left behind. Everybody may knock: who is let in is decided by
/// who they are.
///
/// # Errors
/// When the socket cannot be had.
pub fn listen(socket: &Path) -> std::io::Result<UnixListener> {
    use std::os::unix::fs::{FileTypeExt, PermissionsExt};
    match std::fs::symlink_metadata(socket) {
        Ok(left) if left.file_type().is_socket() => std::fs::remove_file(socket)?,
        _ => {}
    }
    let listener = UnixListener::bind(socket)?;
    std::fs::set_permissions(socket, std::fs::Permissions::from_mode(0o666))?;
    Ok(listener)
}

/// Signs deliveries as the daemon itself does.
pub fn sign() -> Sign {
    let signatures = Signatures::default();
    Arc::new(move |signer, url, body, now_micros| {
        let message = Message { url, body: Some((body, "application/activity+json")), now_micros };
        let headers = signatures.sign(signer, message).map_err(|error| error.to_string())?;
        Ok(headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    })
}
