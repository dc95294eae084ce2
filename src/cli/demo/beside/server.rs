//! The stand-in's socket: which address is answered with what.

use std::{net::SocketAddr, sync::Arc};

use actix_web::{
    App as WebApp, HttpRequest, HttpResponse, HttpServer, cookie::Cookie, dev::Server, http::header, web,
};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use super::{
    pages,
    visitors::{Allowed, Visitors},
};
use crate::{adapters::stand_in::StandIn, app::App};

const ACTIVITY: &str = "application/activity+json; charset=utf-8";
/// Its session's cookie.
const SESSION: &str = "_session_id";
/// How long others may keep an answer, as its server says it.
const KEEP: &str = "public, max-age=180";

/// What every request is answered with.
pub(super) struct Parts {
    stand_in: StandIn,
    app: App,
    visitors: Arc<Visitors>,
}

type Answer = Result<HttpResponse>;
type Fields = Vec<(String, String)>;

/// Listens at an address.
pub(super) fn listen(
    at: SocketAddr,
    stand_in: StandIn,
    app: App,
    visitors: Arc<Visitors>,
) -> Result<(Server, SocketAddr)> {
    let parts = web::Data::new(Parts { stand_in, app, visitors });
    let server =
        HttpServer::new(move || WebApp::new().app_data(parts.clone()).default_service(web::to(answer)));
    let server =
        server.workers(1).disable_signals().bind(at).with_context(|| format!("listening at {at}"))?;
    let at = server.addrs().first().copied().context("the stand-in has no address")?;
    Ok((server.run(), at))
}

async fn answer(parts: web::Data<Parts>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let asked = Asked { parts: &parts, request: &request, body: &body };
    match asked.answer().await {
        Ok(response) => response,
        Err(error) => HttpResponse::InternalServerError().body(format!("{error:#}")),
    }
}

struct Asked<'a> {
    parts: &'a Parts,
    request: &'a HttpRequest,
    body: &'a [u8],
}

impl Asked<'_> {
    async fn answer(&self) -> Answer {
        let path = self.request.path().to_owned();
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        if *self.request.method() == actix_web::http::Method::POST {
            return self.post(&segments).await;
        }
        match segments.as_slice() {
            [".well-known", "webfinger"] => self.webfinger().await,
            [".well-known", "host-meta"] => self.host_meta(),
            [".well-known", "nodeinfo"] => Ok(self.nodeinfo()),
            ["nodeinfo", "2.1"] => {
                let (name, version) = StandIn::software();
                let software = json!({"name": name, "version": version});
                let document = json!({"version": "2.1", "software": software, "protocols": ["activitypub"]});
                Ok(HttpResponse::Ok().json(document))
            }
            [".well-known", "oauth-authorization-server"] => self.metadata(),
            ["auth", "sign_in"] => Ok(html(&pages::sign_in(&self.one(&self.query(), "next"), false))),
            ["oauth", "authorize"] => self.ask(),
            ["api", "v1", "accounts", "verify_credentials"] => self.verify_credentials().await,
            ["users", name] | ["ap", "users", name] => self.actor(name).await,
            ["users", name, "statuses", _, ..] => self.status(name).await,
            ["users", name, list @ ..] => self.list(name, &list.join("/")).await,
            [at] if at.starts_with('@') => self.profile(at).await,
            [at, _] if at.starts_with('@') => self.page(at).await,
            _ => self.file(&path),
        }
    }

    async fn post(&self, segments: &[&str]) -> Answer {
        let fields: Fields = form_urlencoded::parse(self.body).into_owned().collect();
        match segments {
            ["inbox"] | ["users", _, "inbox"] => self.inbox().await,
            ["api", "v1", "apps"] => {
                let (name, back) = (self.one(&fields, "client_name"), self.one(&fields, "redirect_uris"));
                let (id, secret) = self.parts.visitors.register(&name, &back);
                Ok(HttpResponse::Ok().json(json!({"name": name, "client_id": id, "client_secret": secret})))
            }
            ["auth", "sign_in"] => self.sign_in(&fields).await,
            ["auth", "sign_out"] => {
                self.parts.visitors.sign_out(&self.session());
                Ok(see(&format!("/auth/sign_in?{}", query(&[("next", &self.one(&fields, "next"))]))))
            }
            ["oauth", "authorize"] => self.allow(&fields),
            ["oauth", "token"] => self.token(&fields),
            ["oauth", "revoke"] => {
                self.parts.visitors.revoke(&self.one(&fields, "token"));
                Ok(HttpResponse::Ok().json(json!({})))
            }
            _ => Ok(nothing()),
        }
    }

    fn query(&self) -> Fields {
        form_urlencoded::parse(self.request.query_string().as_bytes()).into_owned().collect()
    }

    #[expect(clippy::unused_self, reason = "it reads beside the query, which is of the request")]
    fn one(&self, fields: &Fields, name: &str) -> String {
        fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    fn header(&self, name: &str) -> &str {
        self.request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    fn session(&self) -> String {
        self.request.cookie(SESSION).map(|cookie| cookie.value().to_owned()).unwrap_or_default()
    }

    fn who(&self) -> Option<String> {
        self.parts.visitors.who(&self.session())
    }

    fn is_browser(&self) -> bool {
        let accept = self.header("accept");
        accept.contains("text/html") && !accept.contains("json")
    }

    fn url(&self, path: &str) -> Result<Url> {
        Ok(self.parts.app.config.server.base_url.join(path)?)
    }

    async fn webfinger(&self) -> Answer {
        let found = self.parts.stand_in.found(&self.one(&self.query(), "resource")).await?;
        let Some(account) = found else { return Ok(HttpResponse::NotFound().finish()) };
        let document = json!({
            "subject": format!("acct:{}", self.parts.stand_in.handle(&account)),
            "aliases": [account.page, account.actor],
            "links": [
                {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": account.page},
                {"rel": "self", "type": "application/activity+json", "href": account.actor},
            ],
        });
        Ok(HttpResponse::Ok().content_type("application/jrd+json; charset=utf-8").body(document.to_string()))
    }

    fn host_meta(&self) -> Answer {
        let at = self.url("/.well-known/webfinger")?;
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<XRD xmlns=\"http://docs.oasis-open.org/ns/xri/xrd-1.0\">\
             <Link rel=\"lrdd\" template=\"{at}?resource={{uri}}\"/></XRD>\n"
        );
        Ok(HttpResponse::Ok().content_type("application/xrd+xml; charset=utf-8").body(text))
    }

    fn nodeinfo(&self) -> HttpResponse {
        HttpResponse::Ok().json(self.parts.app.site.nodeinfo_links())
    }

    fn metadata(&self) -> Answer {
        Ok(HttpResponse::Ok().json(json!({
            "issuer": self.url("/")?,
            "authorization_endpoint": self.url("/oauth/authorize")?,
            "token_endpoint": self.url("/oauth/token")?,
            "revocation_endpoint": self.url("/oauth/revoke")?,
            "scopes_supported": ["read", "read:accounts"],
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "client_credentials"],
            "code_challenge_methods_supported": ["S256"],
        })))
    }

    async fn actor(&self, name: &str) -> Answer {
        let Some(account) = self.parts.stand_in.account(name).await? else { return Ok(nothing()) };
        if self.is_browser() {
            return Ok(moved(account.page.as_str()));
        }
        Ok(activity(&self.parts.stand_in.actor(&account).await?))
    }

    async fn list(&self, name: &str, list: &str) -> Answer {
        let Some(account) = self.parts.stand_in.account(name).await? else { return Ok(nothing()) };
        let is_owner = self.who().as_deref() == Some(account.username.as_str());
        Ok(match self.parts.stand_in.list(&account, list, is_owner).await? {
            Some(document) => activity(&document),
            None => nothing(),
        })
    }

    async fn status(&self, name: &str) -> Answer {
        let path = self.request.path().to_owned();
        if path.ends_with("/replies") {
            let parent = self.url(path.trim_end_matches("/replies"))?;
            let is_there = self.parts.stand_in.object(&parent, self.who().as_deref()).await?.is_some();
            let empty = json!({"id": self.url(&path)?, "type": "Collection", "items": []});
            return Ok(if is_there { activity(&empty) } else { nothing() });
        }
        let url = self.url(&path)?;
        let Some(document) = self.parts.stand_in.object(&url, self.who().as_deref()).await? else {
            return Ok(nothing());
        };
        if self.is_browser() {
            let id = path.trim_end_matches("/activity").rsplit('/').next().unwrap_or_default();
            return Ok(moved(self.url(&format!("/@{name}/{id}"))?.as_str()));
        }
        Ok(activity(&document))
    }

    async fn profile(&self, at: &str) -> Answer {
        let name = at.trim_start_matches('@');
        let Some(account) = self.parts.stand_in.account(name).await? else { return Ok(nothing()) };
        if !self.is_browser() {
            return Ok(activity(&self.parts.stand_in.actor(&account).await?));
        }
        Ok(html(&pages::profile(&self.parts.stand_in.handle(&account))))
    }

    async fn page(&self, at: &str) -> Answer {
        let url = self.url(self.request.path())?;
        let Some(document) = self.parts.stand_in.object(&url, self.who().as_deref()).await? else {
            return Ok(nothing());
        };
        if !self.is_browser() {
            return Ok(activity(&document));
        }
        let content = document.get("content").and_then(Value::as_str).unwrap_or_default();
        Ok(html(&pages::post(at.trim_start_matches('@'), content)))
    }

    #[expect(clippy::unnecessary_wraps, reason = "every handler answers the same way")]
    fn file(&self, path: &str) -> Answer {
        let bytes = self.parts.stand_in.file(path).and_then(|path| std::fs::read(path).ok());
        let Some(bytes) = bytes else { return Ok(nothing()) };
        let kind = if std::path::Path::new(path).extension().is_some_and(|end| end == "png") {
            "image/png"
        } else {
            "application/octet-stream"
        };
        Ok(HttpResponse::Ok().content_type(kind).body(bytes))
    }

    async fn inbox(&self) -> Answer {
        let activity: Value = serde_json::from_slice(self.body)?;
        let headers = self
            .request
            .headers()
            .iter()
            .filter_map(|(name, value)| Some((name.as_str().to_lowercase(), value.to_str().ok()?.to_owned())))
            .collect();
        let at = self.request.uri().path_and_query().map_or("/inbox", |path| path.as_str());
        let sender = match self.parts.app.verify("POST", at, &headers, self.body, None).await {
            Ok(sender) => sender,
            Err(refused) => {
                return Ok(HttpResponse::Unauthorized().json(json!({"error": refused.to_string()})));
            }
        };
        self.parts.stand_in.receive(&*self.parts.app.remote, &sender, &activity).await?;
        Ok(HttpResponse::Accepted().finish())
    }

    async fn sign_in(&self, fields: &Fields) -> Answer {
        let (name, next) = (self.one(fields, "username"), self.one(fields, "next"));
        let Some(session) = self.parts.visitors.sign_in(&name, &self.one(fields, "password")) else {
            return Ok(html(&pages::sign_in(&next, true)));
        };
        if let Some(account) = self.parts.stand_in.account(&name).await? {
            self.parts.stand_in.count_sign_in(&account.id).await?;
        }
        let cookie = Cookie::build(SESSION, session).path("/").http_only(true).finish();
        let mut response = see(if next.starts_with("/oauth/") { &next } else { "/about" });
        response.add_cookie(&cookie)?;
        Ok(response)
    }

    #[expect(clippy::unnecessary_wraps, reason = "every handler answers the same way")]
    fn ask(&self) -> Answer {
        let here = self.request.uri().path_and_query().map_or("/", |path| path.as_str());
        let Some(who) = self.who() else {
            return Ok(see(&format!("/auth/sign_in?{}", query(&[("next", here)]))));
        };
        let fields = self.query();
        let (client, back) = (self.one(&fields, "client_id"), self.one(&fields, "redirect_uri"));
        let Some(program) = self.parts.visitors.program(&client, &back) else {
            return Ok(HttpResponse::BadRequest().body("unknown program, or another way back"));
        };
        Ok(html(&pages::allow(&who, &program.name, &fields, here)))
    }

    fn allow(&self, fields: &Fields) -> Answer {
        let (client, back) = (self.one(fields, "client_id"), self.one(fields, "redirect_uri"));
        let (Some(who), Some(_)) = (self.who(), self.parts.visitors.program(&client, &back)) else {
            return Ok(HttpResponse::Forbidden().finish());
        };
        let challenge = Some(self.one(fields, "code_challenge")).filter(|text| !text.is_empty());
        let allowed = Allowed { who, client, redirect_uri: back.clone(), challenge };
        let code = self.parts.visitors.allow(allowed);
        let mut url = Url::parse(&back)?;
        url.query_pairs_mut().append_pair("code", &code).append_pair("state", &self.one(fields, "state"));
        Ok(see(url.as_str()))
    }

    #[expect(clippy::unnecessary_wraps, reason = "every handler answers the same way")]
    fn token(&self, fields: &Fields) -> Answer {
        let field = |name: &str| self.one(fields, name);
        let token = self.parts.visitors.redeem(
            &field("code"),
            &field("client_id"),
            &field("client_secret"),
            &field("redirect_uri"),
            &field("code_verifier"),
        );
        Ok(match token {
            Some(token) => HttpResponse::Ok().json(json!({
                "access_token": token, "token_type": "Bearer", "scope": "read:accounts",
            })),
            None => HttpResponse::BadRequest().json(json!({"error": "invalid_grant"})),
        })
    }

    async fn verify_credentials(&self) -> Answer {
        let token = self.header("authorization").trim_start_matches("Bearer ");
        let Some(who) = self.parts.visitors.bearer(token) else {
            return Ok(HttpResponse::Unauthorized().json(json!({"error": "The access token is invalid"})));
        };
        let Some(account) = self.parts.stand_in.account(&who).await? else { return Ok(nothing()) };
        if account.moved_to.is_some() {
            let error = json!({"error": "Your login is currently disabled"});
            return Ok(HttpResponse::Forbidden().json(error));
        }
        Ok(HttpResponse::Ok().json(json!({
            "id": account.id.as_str(), "username": account.username, "acct": account.username,
            "url": account.page, "uri": account.actor,
        })))
    }
}

fn html(page: &str) -> HttpResponse {
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page.to_owned())
}

fn activity(document: &Value) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(ACTIVITY)
        .insert_header((header::CACHE_CONTROL, KEEP))
        .insert_header((header::VARY, "Accept, Accept-Language, Cookie"))
        .body(document.to_string())
}

fn nothing() -> HttpResponse {
    HttpResponse::NotFound().content_type("text/html; charset=utf-8").body(pages::nothing())
}

fn see(to: &str) -> HttpResponse {
    HttpResponse::Found().insert_header((header::LOCATION, to)).finish()
}

fn moved(to: &str) -> HttpResponse {
    HttpResponse::MovedPermanently()
        .insert_header((header::LOCATION, to))
        .insert_header((header::VARY, "Origin, Accept"))
        .finish()
}

fn query(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}
