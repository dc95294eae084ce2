//! Codes become tokens, tokens are given back. Errors are answered as RFC 6749 5.2 wants them.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, http::StatusCode, web};
use serde_json::json;

use crate::{
    app::App,
    http::problem::Problem,
    transfer::tokens::{self, CodeRequest, TokenError},
};

type Form = web::Form<BTreeMap<String, String>>;

/// Redeems a code or a refresh token.
pub(super) async fn token(app: web::Data<App>, form: Form) -> Result<HttpResponse, Problem> {
    let field = |name: &str| form.get(name).map(String::as_str).filter(|value| !value.is_empty());
    let (store, clock) = (&app.store, &*app.clock);
    let tokens = match field("grant_type") {
        Some("authorization_code") => {
            let request = (field("code"), field("redirect_uri"), field("client_id"), field("code_verifier"));
            let (Some(code), Some(redirect_uri), Some(client_id), Some(verifier)) = request else {
                return Ok(refused(
                    "invalid_request",
                    "code, redirect_uri, client_id and code_verifier are needed",
                ));
            };
            tokens::exchange(store, clock, &CodeRequest { code, redirect_uri, client_id, verifier }).await
        }
        Some("refresh_token") => {
            let (Some(token), Some(client_id)) = (field("refresh_token"), field("client_id")) else {
                return Ok(refused("invalid_request", "refresh_token and client_id are needed"));
            };
            tokens::refresh(store, clock, token, client_id).await
        }
        Some(_) => {
            return Ok(refused("unsupported_grant_type", "authorization_code and refresh_token are known"));
        }
        None => return Ok(refused("invalid_request", "grant_type is missing")),
    };
    match tokens {
        Ok(tokens) => Ok(HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(json!({
            "access_token": tokens.access,
            "token_type": "Bearer",
            "expires_in": tokens::ACCESS_SECONDS,
            "refresh_token": tokens.refresh,
            "scope": tokens.scope,
        }))),
        Err(TokenError::InvalidGrant(why)) => Ok(refused("invalid_grant", why)),
        Err(TokenError::InvalidRequest(why)) => Ok(refused("invalid_request", why)),
        Err(TokenError::Store(error)) => Err(error.into()),
    }
}

/// Gives a token back; whether it was one is nobody's business. Spec: RFC 7009.
pub(super) async fn revoke(app: web::Data<App>, form: Form) -> Result<HttpResponse, Problem> {
    match form.get("token") {
        Some(token) => tokens::give_back(&app.store, &*app.clock, token).await?,
        None => return Ok(refused("invalid_request", "token is missing")),
    }
    Ok(HttpResponse::Ok().finish())
}

fn refused(error: &str, why: &str) -> HttpResponse {
    HttpResponse::build(StatusCode::BAD_REQUEST)
        .insert_header(("Cache-Control", "no-store"))
        .json(json!({"error": error, "error_description": why}))
}
