//! Who asks too often for what is dear is told when to come back.

use actix_web::{
    Error, HttpRequest,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web::Data,
};

use super::{
    extract::session_of,
    problem::{Problem, ProblemKind},
};
use crate::{
    app::{
        App,
        limits::{Kind, Limits},
    },
    words::text,
};

/// Where somebody asks from, for whoever counts by name and address; empty where it is not known.
pub fn asks_from(request: &HttpRequest) -> String {
    let limits = request.app_data::<Data<App>>().map(|app| app.limits.clone());
    limits.and_then(|limits| limits.from(request)).unwrap_or_default()
}

/// Answers 429 to whoever asks too often.
///
/// # Errors
/// Those of what comes after.
pub async fn limits(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let app = request.app_data::<Data<App>>().cloned();
    let kind = Kind::of(request.method(), request.path());
    if let (Some(app), Some(kind)) = (app, kind)
        && let Err(seconds) = counted(&app.limits, kind, request.request()).await
    {
        let why = text!("problems-asked-too-often", n = seconds);
        let problem = Problem::new(ProblemKind::TooOften, why).after(seconds).for_request(request.request());
        return Err(problem.into());
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

async fn counted(limits: &Limits, kind: Kind, request: &HttpRequest) -> Result<(), u64> {
    let needs_session = kind.is_by_account() || kind == Kind::Searches;
    let session = if needs_session { session_of(request.clone()).await.ok().flatten() } else { None };
    if kind == Kind::Searches && session.is_some() {
        return Ok(());
    }
    if let Some(from) = limits.from(request) {
        limits.count(kind, from)?;
    }
    match session {
        Some((session, _)) => limits.count(kind, session.account.id.to_string()),
        None => Ok(()),
    }
}
