//! The page where an owner agrees, and their answer. The answer is checked like the question:
//! nothing a hidden field says is believed.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use url::Url;

use super::consent_page::{self, Before, Shown};
use crate::words::text;
use crate::{
    app::App,
    http::{extract::SignedIn, problem::Problem, proof},
    model::collection::CollectionKind,
    oauth::{authorization, scope::Scope},
    port::host::HostAccount,
    transfer::{
        consent::{self, Asked, Choice},
        source_side::SourceSide,
    },
};

/// The fields of a form or query, repeated ones included.
type Fields = Vec<(String, String)>;

/// Shows the owner who asks for what. Whatever is wrong with the request is said on this page; only
/// a yes or a no leads back to the client.
#[utoipa::path(
    get, path = "/godwit/oauth/authorize", tag = "consent", security(("session" = [])),
    params(
        ("response_type" = String, Query, description = "`code`"),
        ("client_id" = String, Query, description = "the https address of the client's metadata document"),
        ("redirect_uri" = String, Query, description = "an address that document lists, on the client's own origin"),
        ("scope" = String, Query, description = "exactly one of the scopes"),
        ("state" = String, Query, description = "comes back as it was"),
        ("code_challenge" = String, Query, description = "BASE64URL(SHA-256(code_verifier))"),
        ("code_challenge_method" = String, Query, description = "`S256`")
    ),
    responses((status = 200, description = "the consent page", content_type = "text/html"))
)]
pub(super) async fn show(
    app: web::Data<App>,
    request: HttpRequest,
    signed: SignedIn,
) -> Result<HttpResponse, Problem> {
    let side = app.source_side();
    let account = owner(&side, &signed).await?;
    let asked = check(&app, &side, &fields(request.query_string().as_bytes()), &account).await?;
    page(&app, &signed, &asked, &account, None).await
}

/// Takes the owner's answer: the fields of the request again, `csrf`, `decision` (`allow` or `deny`),
/// and for the read scope `kinds`, `private`, `unlock`, `password`.
#[utoipa::path(
    post, path = "/godwit/oauth/authorize", tag = "consent", security(("session" = [])),
    request_body(description = "the form of the consent page", content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "the page again, with what is missing", content_type = "text/html"),
        (status = 303, description = "back to the client with `code`, `state`, `iss` and `activitypub_actor`, or \
            with `error`, `state` and `iss`")
    )
)]
pub(super) async fn decide(
    app: web::Data<App>,
    body: web::Bytes,
    signed: SignedIn,
) -> Result<HttpResponse, Problem> {
    let fields = fields(&body);
    signed.check_form(one(&fields, "csrf")).map_err(Problem::page)?;
    let side = app.source_side();
    let account = owner(&side, &signed).await?;
    let asked = check(&app, &side, &fields, &account).await?;
    match one(&fields, "decision") {
        "allow" => {}
        "deny" => return Ok(see_other(&consent::deny(&side, &asked))),
        _ => return Err(Problem::bad_request(text!("departures-choose-one-of-the-two-buttons")).page()),
    }
    let kinds = |kind: &CollectionKind| all(&fields, "kinds").any(|word| word == kind.as_str());
    let choice = Choice {
        kinds: CollectionKind::ALL.into_iter().filter(kinds).collect(),
        includes_private: !one(&fields, "private").is_empty(),
    };
    if asked.request.scope == Scope::Read {
        let is_unlocked = !one(&fields, "unlock").is_empty();
        let problem = if choice.kinds.is_empty() {
            Some(text!("departures-nothing-was-shared-tick-at-least-one"))
        } else if !is_unlocked {
            Some(text!("departures-nothing-was-shared-tick-the-box-that"))
        } else if !proof::is_given(&app, &signed, one(&fields, "password")).await.map_err(Problem::page)? {
            let wrong = text!("departures-nothing-was-shared-that-is-not-the");
            Some(proof::missing(&app, &signed.session, wrong))
        } else {
            None
        };
        if let Some(problem) = problem {
            let before = Before { choice: &choice, is_unlocked, problem: &problem };
            return page(&app, &signed, &asked, &account, Some(before)).await;
        }
    }
    let back = consent::allow(&side, &account, &asked, &choice)
        .await
        .map_err(|error| Problem::from(error).page())?;
    Ok(see_other(&back))
}

/// Reads and checks a request. Whatever is wrong is said here and never sent on anywhere.
async fn check(
    app: &App,
    side: &SourceSide,
    fields: &Fields,
    account: &HostAccount,
) -> Result<Asked, Problem> {
    let may_reach = |url: &Url| app.remote.check(url).is_ok();
    let request = authorization::read(fields, &may_reach).map_err(|why| Problem::bad_request(why).page())?;
    consent::ask(side, request, Some(account)).await.map_err(|error| Problem::from(error).page())
}

async fn owner(side: &SourceSide, signed: &SignedIn) -> Result<HostAccount, Problem> {
    side.account(signed.session.account.id.as_str()).await.map_err(|error| Problem::from(error).page())
}

async fn page(
    app: &App,
    signed: &SignedIn,
    asked: &Asked,
    account: &HostAccount,
    before: Option<Before<'_>>,
) -> Result<HttpResponse, Problem> {
    let mut counts = Vec::new();
    if asked.request.scope == Scope::Read {
        let source = app.source_of(account, false).await?;
        for kind in CollectionKind::ALL {
            // A number that cannot be had must not keep anybody from leaving.
            counts.push((kind, source.count(kind).await.unwrap_or(None)));
        }
    }
    let shown = Shown { asked, counts: &counts, before };
    Ok(consent_page::page(app, &signed.session, &shown))
}

fn fields(text: &[u8]) -> Fields {
    url::form_urlencoded::parse(text).into_owned().collect()
}

fn all<'a>(fields: &'a Fields, name: &'a str) -> impl Iterator<Item = &'a str> {
    fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
}

fn one<'a>(fields: &'a Fields, name: &'a str) -> &'a str {
    all(fields, name).next().unwrap_or_default()
}

fn see_other(url: &Url) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, url.as_str()))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .finish()
}
