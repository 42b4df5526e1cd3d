//! Reads the body that an endpoint wants, up to its limit.

use bytes::{Bytes, BytesMut};
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http_body_util::BodyDataStream;

use crate::body::{Paced, Unread, most_read, read as read_to_limit, throw_away};
use crate::catalogue::BodyPolicy;
use crate::interface::{Body, Field, Found, Route};

/// Reads the body of a call that reaches an endpoint; otherwise the body stays unread.
pub(super) async fn read(route: &Route, parts: &Parts, body: &mut Option<Paced>) -> Body {
    let policy = policy(route);
    let Some(incoming) = body.take_if(|_| policy != BodyPolicy::None) else {
        return Body::None;
    };
    match policy {
        BodyPolicy::None => Body::None,
        BodyPolicy::Form { limit } => whole(incoming, limit, Body::Form).await,
        BodyPolicy::Json { limit } => match wrong_type(parts, policy) {
            Some(wrong) => wrong,
            None => whole(incoming, limit, Body::Json).await,
        },
        BodyPolicy::Multipart { limit } => match wrong_type(parts, policy) {
            Some(wrong) => wrong,
            None => multipart(parts, incoming, limit).await,
        },
    }
}

/// Which body a call reads; none if it reaches no endpoint.
pub(super) fn policy(route: &Route) -> BodyPolicy {
    match route.found {
        Found::Endpoint(number) => {
            route.module.service.endpoints.get(number).map_or(BodyPolicy::None, |endpoint| endpoint.body)
        }
        Found::OtherMethod(..) | Found::Nothing => BodyPolicy::None,
    }
}

async fn whole(incoming: Paced, limit: usize, kind: fn(Bytes) -> Body) -> Body {
    match read_to_limit(incoming, limit).await {
        Ok(bytes) => kind(bytes),
        Err(Unread::TooLarge) => Body::TooLarge(limit),
        Err(why) => Body::Unreadable(incomplete(why).into()),
    }
}

fn incomplete(why: Unread) -> &'static str {
    match why {
        Unread::TooSlow => "Innholdet i kallet kom for langsomt",
        Unread::CutOff | Unread::TooLarge => "Innholdet i kallet kom ikke helt fram",
    }
}

/// A content type that the endpoint does not read.
fn wrong_type(parts: &Parts, policy: BodyPolicy) -> Option<Body> {
    let wanted = policy.content_type()?;
    let given = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(wanted) {
        return None;
    }
    let given = if essence.is_empty() { "ingen" } else { essence };
    let given: String = given.chars().take(80).collect();
    Some(Body::Unreadable(format!("Innholdet i kallet må ha Content-Type {wanted}, ikke {given}").into()))
}

/// Reads the parts of a form one after the other. A form over the limit is not kept; the rest of it is read and thrown
/// away, as `body.rs` does, so that the caller sees the answer.
async fn multipart(parts: &Parts, mut incoming: Paced, limit: usize) -> Body {
    let content_type = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let read = match multer::parse_boundary(content_type) {
        Ok(boundary) => fields(&mut incoming, boundary, limit).await,
        Err(_) => Err(Body::Unreadable("Content-Type mangler boundary for multipart/form-data".into())),
    };
    match read {
        Ok(fields) => Body::Parts(fields),
        Err(refused) => {
            throw_away(incoming, most_read(limit)).await;
            refused
        }
    }
}

async fn fields(incoming: &mut Paced, boundary: String, limit: usize) -> Result<Vec<Field>, Body> {
    let limits = multer::SizeLimit::new().whole_stream(limit as u64 + OVERHEAD);
    let constraints = multer::Constraints::new().size_limit(limits);
    let mut form = multer::Multipart::with_constraints(BodyDataStream::new(incoming), boundary, constraints);
    let (mut fields, mut size) = (Vec::new(), 0_usize);
    while let Some(mut field) = form.next_field().await.map_err(|error| unreadable(&error, limit))? {
        if fields.len() >= MOST_PARTS {
            return Err(Body::Unreadable(format!("Innholdet i kallet har flere enn {MOST_PARTS} deler").into()));
        }
        let mut kept = BytesMut::new();
        while let Some(chunk) = field.chunk().await.map_err(|error| unreadable(&error, limit))? {
            size = size.saturating_add(chunk.len());
            if size > limit {
                return Err(Body::TooLarge(limit));
            }
            kept.extend_from_slice(&chunk);
        }
        fields.push(Field {
            name: field.name().unwrap_or_default().to_owned(),
            file_name: field.file_name().map(str::to_owned),
            content_type: field.content_type().map(ToString::to_string),
            bytes: Bytes::from(kept),
        });
    }
    Ok(fields)
}

/// The most parts of a form.
const MOST_PARTS: usize = 100;

/// The largest size of all headers of the parts together, in bytes.
const OVERHEAD: u64 = 256 * 1024;

fn unreadable(error: &multer::Error, limit: usize) -> Body {
    match error {
        multer::Error::StreamSizeExceeded { .. } | multer::Error::FieldSizeExceeded { .. } => Body::TooLarge(limit),
        multer::Error::StreamReadFailed(why) => Body::Unreadable(incomplete(Unread::of(&**why)).into()),
        _ => Body::Unreadable("Innholdet i kallet kan ikke leses som multipart/form-data".into()),
    }
}
