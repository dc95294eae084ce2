//! Codes become tokens, tokens are given back. Errors are answered as RFC 6749 5.2 wants them.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::App,
    http::problem::Problem,
    transfer::tokens::{self, CodeRequest, TokenError},
};

/// What a client sends to redeem a code or a refresh token. Spec: RFC 6749 4.1.3 and 6, RFC 7636.
#[derive(Deserialize, ToSchema)]
pub(super) struct TokenForm {
    /// `authorization_code` or `refresh_token`.
    #[schema(required = true)]
    grant_type: Option<String>,
    /// The code.
    code: Option<String>,
    /// The address the code was sent to.
    redirect_uri: Option<String>,
    /// The address of the client's document.
    #[schema(required = true)]
    client_id: Option<String>,
    /// What the challenge was made of.
    code_verifier: Option<String>,
    /// The refresh token.
    refresh_token: Option<String>,
}

/// Fresh tokens.
#[derive(Serialize, ToSchema)]
struct TokenAnswer {
    /// For requests.
    access_token: String,
    /// `Bearer`.
    token_type: &'static str,
    /// Lifetime of the access token in seconds.
    expires_in: i64,
    /// For the next pair.
    refresh_token: String,
    /// What they are good for.
    scope: String,
}

/// A token to be given back. Spec: RFC 7009.
#[derive(Deserialize, ToSchema)]
pub(super) struct RevokeForm {
    /// An access or refresh token; the whole consent ends.
    #[schema(required = true)]
    token: Option<String>,
}

/// An error as OAuth spells it. Spec: RFC 6749 5.2.
#[derive(Serialize, ToSchema)]
struct OAuthError {
    /// `invalid_request`, `invalid_grant` or `unsupported_grant_type`.
    error: &'static str,
    /// A sentence.
    error_description: &'static str,
}

/// Redeems a code or a refresh token.
#[utoipa::path(
    post, path = "/godwit/oauth/token", tag = "consent",
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = TokenAnswer), (status = 400, body = OAuthError))
)]
pub(super) async fn token(app: web::Data<App>, form: web::Form<TokenForm>) -> Result<HttpResponse, Problem> {
    let sent = |field: &Option<String>| field.clone().filter(|value| !value.is_empty());
    let (store, clock) = (&app.store, &*app.clock);
    let tokens = match sent(&form.grant_type).as_deref() {
        Some("authorization_code") => {
            let request = (
                sent(&form.code),
                sent(&form.redirect_uri),
                sent(&form.client_id),
                sent(&form.code_verifier),
            );
            let (Some(code), Some(redirect_uri), Some(client_id), Some(verifier)) = &request else {
                return Ok(refused(
                    "invalid_request",
                    "code, redirect_uri, client_id and code_verifier are needed",
                ));
            };
            tokens::exchange(store, clock, &CodeRequest { code, redirect_uri, client_id, verifier }).await
        }
        Some("refresh_token") => {
            let (Some(token), Some(client_id)) = (sent(&form.refresh_token), sent(&form.client_id)) else {
                return Ok(refused("invalid_request", "refresh_token and client_id are needed"));
            };
            tokens::refresh(store, clock, &token, &client_id).await
        }
        Some(_) => {
            return Ok(refused("unsupported_grant_type", "authorization_code and refresh_token are known"));
        }
        None => return Ok(refused("invalid_request", "grant_type is missing")),
    };
    match tokens {
        Ok(tokens) => Ok(HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(TokenAnswer {
            access_token: tokens.access,
            token_type: "Bearer",
            expires_in: tokens::ACCESS_SECONDS,
            refresh_token: tokens.refresh,
            scope: tokens.scope,
        })),
        Err(TokenError::InvalidGrant(why)) => Ok(refused("invalid_grant", why)),
        Err(TokenError::InvalidRequest(why)) => Ok(refused("invalid_request", why)),
        Err(TokenError::Store(error)) => Err(error.into()),
    }
}

/// Gives a token back; whether it was one is nobody's business.
#[utoipa::path(
    post, path = "/godwit/oauth/revoke", tag = "consent",
    request_body(content = RevokeForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200), (status = 400, body = OAuthError))
)]
pub(super) async fn revoke(
    app: web::Data<App>,
    form: web::Form<RevokeForm>,
) -> Result<HttpResponse, Problem> {
    match &form.token {
        Some(token) => tokens::give_back(&app.store, &*app.clock, token).await?,
        None => return Ok(refused("invalid_request", "token is missing")),
    }
    Ok(HttpResponse::Ok().finish())
}

fn refused(error: &'static str, error_description: &'static str) -> HttpResponse {
    HttpResponse::build(StatusCode::BAD_REQUEST)
        .insert_header(("Cache-Control", "no-store"))
        .json(OAuthError { error, error_description })
}
