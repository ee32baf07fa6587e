//! What a near miss is looked for in: names of the same scope that begin alike.

use collectief_domain::{ids::ParticipationId, participant::Population};
use sea_orm::ConnectionTrait;

use super::{
    list::ListQuery,
    sql::{Reach, Sql, json_of, rows_of},
};
use crate::{db::Db, error::DataError, mutation::NEVER, scope::Scope};

/// Search texts of at most `limit` participants of the list's scope and population with a word that begins with
/// `letters`: its first two letters, or its first one.
///
/// # Errors
/// When the database cannot be read.
pub async fn search_texts(db: &Db, query: &ListQuery<'_>, letters: &str, limit: u64) -> Result<Vec<String>, DataError> {
    let reach = Reach::of(query.scope);
    let mut sql = Sql::new(db.read().get_database_backend());
    sql.select_rows("", |sql| {
        sql.push("f.search_text");
    });
    sql.push(" FROM (SELECT w.search_text FROM search_word w");
    if !matches!(reach, Reach::One(_) | Reach::Few(_)) {
        sql.indexed_by("search_word_all");
    }
    sql.push(" WHERE ");
    if letters.chars().count() >= 2 {
        sql.push("w.word_group = ").bind(letters);
    } else {
        // The greatest character ends every range of texts that begin with these letters.
        sql.push("w.word_group >= ").bind(letters).push(" AND w.word_group < ").bind(format!("{letters}\u{10ffff}"));
    }
    sql.push(" AND ").reaches(reach, "w.contract_id", true);
    match query.filter.population {
        Population::Current => sql.push(" AND w.end_date >= ").bind(query.day),
        Population::Former => sql.push(" AND w.end_date < ").bind(query.day).push(" AND w.end_date > ").bind(NEVER),
    };
    sql.push(" LIMIT ").bind(limit.cast_signed()).push(") f");
    let json = json_of(&db.read_within(query.scope).await?, sql).await?;
    Ok(rows_of::<(String,)>(&json)?.into_iter().map(|(text,)| text).collect())
}

/// The own and the partner's surname of a participant that a list found.
///
/// # Errors
/// When the database cannot be read.
pub async fn surnames(db: &Db, scope: &Scope, id: ParticipationId) -> Result<[String; 2], DataError> {
    let mut sql = Sql::new(db.read().get_database_backend());
    sql.push("SELECT s.surname, s.partner_surname FROM participation p JOIN person s ON s.id = p.person_id");
    sql.push(" WHERE p.id = ").bind(id.0);
    match db.read_within(scope).await?.query_one_raw(sql.finish()).await? {
        Some(row) => Ok([row.try_get_by_index(0)?, row.try_get_by_index(1)?]),
        None => Ok([String::new(), String::new()]),
    }
}
