//! Handles of the files, resolved: each once, a few at a time, and no second try at a server that does
//! not answer. Whoever cannot be found is kept with the reason.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
};

use futures::StreamExt;
use url::Url;

use crate::{
    model::handle::Handle,
    port::{
        error::AdapterError,
        lookup,
        remote::{SharedRemote, Signer},
    },
    words::text,
};

/// Servers asked at the same time.
const AT_ONCE: usize = 8;

/// What is known of handles by now.
#[derive(Default)]
struct Known {
    actors: BTreeMap<String, Result<Url, String>>,
    silent: BTreeMap<String, String>,
}

/// Resolves handles and remembers them.
pub(super) struct People {
    remote: SharedRemote,
    signer: Signer,
    known: Mutex<Known>,
}

impl People {
    pub(super) fn new(remote: SharedRemote, signer: Signer) -> Self {
        Self { remote, signer, known: Mutex::default() }
    }

    /// Who a handle is, once [`People::resolve`] has looked for it.
    pub(super) fn known(&self, handle: &str) -> Result<Url, String> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.actors.get(handle).cloned().unwrap_or_else(|| Err(text!("reasons-nobody-looked-for-them")))
    }

    /// Looks for handles that are not known yet, one server after the other and several servers at once.
    pub(super) async fn resolve<'a>(&self, handles: impl Iterator<Item = &'a str>) {
        let mut by_server: BTreeMap<String, Vec<(String, Handle)>> = BTreeMap::new();
        {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            for text in handles.collect::<BTreeSet<_>>() {
                if known.actors.contains_key(text) {
                    continue;
                }
                match text.parse::<Handle>() {
                    Ok(handle) => {
                        by_server.entry(handle.host.clone()).or_default().push((text.to_owned(), handle));
                    }
                    Err(error) => {
                        known.actors.insert(text.to_owned(), Err(error.to_string()));
                    }
                }
            }
        }
        let asked = by_server.into_iter().map(|(server, people)| self.ask(server, people));
        futures::stream::iter(asked).buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
    }

    async fn ask(&self, server: String, people: Vec<(String, Handle)>) {
        for (text, handle) in people {
            let silent = {
                let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
                known.silent.get(&server).cloned()
            };
            let found = match silent {
                Some(why) => Err(why),
                None => match lookup::resolve(&*self.remote, &self.signer, &handle).await {
                    Ok(actor) => Ok(actor),
                    Err(error) => {
                        let why = error.to_string();
                        if matches!(error, AdapterError::Busy { .. }) {
                            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
                            known.silent.insert(server.clone(), why.clone());
                        }
                        Err(why)
                    }
                },
            };
            self.known.lock().unwrap_or_else(PoisonError::into_inner).actors.insert(text, found);
        }
    }
}
