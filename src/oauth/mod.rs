//! The rules of OAuth as both homes keep them: documents, requests, proofs. No I/O.
//!
//! Spec: RFC 6749, RFC 7636, RFC 8414, RFC 9207; OAuth Client ID Metadata Document (draft).

pub mod authorization;
pub mod client_metadata;
pub mod discovery;
pub mod metadata;
pub mod pkce;
pub mod scope;
