//! Who is signed in at the stand-in, which programs it knows, and what it allowed them: in memory.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// A program that registered itself.
#[derive(Debug, Clone)]
pub(super) struct Program {
    pub(super) name: String,
    pub(super) secret: String,
    pub(super) redirect_uri: String,
}

/// What a person allowed a program.
#[derive(Debug, Clone)]
pub(super) struct Allowed {
    pub(super) who: String,
    pub(super) client: String,
    pub(super) redirect_uri: String,
    pub(super) challenge: Option<String>,
}

#[derive(Default)]
struct Known {
    passwords: BTreeMap<String, String>,
    sessions: BTreeMap<String, String>,
    programs: BTreeMap<String, Program>,
    codes: BTreeMap<String, Allowed>,
    tokens: BTreeMap<String, String>,
}

/// All of it.
#[derive(Default)]
pub(crate) struct Visitors(Mutex<Known>);

impl Visitors {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers whose password is which.
    pub(super) fn know(&self, name: &str, password: &str) {
        self.known().passwords.insert(name.to_owned(), password.to_owned());
    }

    /// Signs somebody in; a cookie's value.
    pub(super) fn sign_in(&self, name: &str, password: &str) -> Option<String> {
        let mut known = self.known();
        if known.passwords.get(name).is_none_or(|right| right != password) {
            return None;
        }
        let session = secret();
        known.sessions.insert(session.clone(), name.to_owned());
        Some(session)
    }

    /// Whose a cookie is.
    pub(super) fn who(&self, session: &str) -> Option<String> {
        self.known().sessions.get(session).cloned()
    }

    /// Ends a session.
    pub(super) fn sign_out(&self, session: &str) {
        self.known().sessions.remove(session);
    }

    /// Registers a program: its id and secret.
    pub(super) fn register(&self, name: &str, redirect_uri: &str) -> (String, String) {
        let (id, program_secret) = (secret(), secret());
        let program = Program {
            name: name.to_owned(),
            secret: program_secret.clone(),
            redirect_uri: redirect_uri.to_owned(),
        };
        self.known().programs.insert(id.clone(), program);
        (id, program_secret)
    }

    /// A program, if it comes back where it said.
    pub(super) fn program(&self, id: &str, redirect_uri: &str) -> Option<Program> {
        self.known().programs.get(id).filter(|program| program.redirect_uri == redirect_uri).cloned()
    }

    /// A code for what was allowed.
    pub(super) fn allow(&self, allowed: Allowed) -> String {
        let code = secret();
        self.known().codes.insert(code.clone(), allowed);
        code
    }

    /// Exchanges a code for a token, once.
    pub(super) fn redeem(
        &self,
        code: &str,
        client: &str,
        client_secret: &str,
        redirect_uri: &str,
        verifier: &str,
    ) -> Option<String> {
        let mut known = self.known();
        let allowed = known.codes.remove(code)?;
        let program = known.programs.get(client)?;
        let fits = allowed.client == client
            && program.secret == client_secret
            && allowed.redirect_uri == redirect_uri
            && allowed.challenge.is_none_or(|challenge| challenge == challenge_of(verifier));
        if !fits {
            return None;
        }
        let token = secret();
        known.tokens.insert(token.clone(), allowed.who);
        Some(token)
    }

    /// Whose a token is.
    pub(super) fn bearer(&self, token: &str) -> Option<String> {
        self.known().tokens.get(token).cloned()
    }

    /// Takes a token back.
    pub(super) fn revoke(&self, token: &str) {
        self.known().tokens.remove(token);
    }
}

fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, verifier.as_bytes()))
}

fn secret() -> String {
    let mut bytes = [0_u8; 24];
    aws_lc_rs::rand::fill(&mut bytes).expect("the system's random source does not fail once it is seeded");
    URL_SAFE_NO_PAD.encode(bytes)
}
