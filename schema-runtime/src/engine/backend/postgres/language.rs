//! Messages by which something is decided, in the languages that PostgreSQL speaks (its catalogues of 2022): Diesel
//! hands down the words of an error, and not its code.

/// 55P03
const LOCK_TIMEOUT: [&str; 14] = [
    "canceling statement due to lock timeout",
    "storniere Anfrage wegen Zeitüberschreitung einer Sperre",
    "cancelando la sentencia debido a que se agotó el tiempo de espera de candados (locks)",
    "annulation de la requête à cause du délai écoulé pour l'obtention des verrous",
    "annullamento dell'istruzione a causa di timeout di lock",
    "ロックのタイムアウトのためステートメントをキャンセルしています",
    "გამოსახულება გაუქმდება ბლოკის მოლოდინის ვადის ამოწურვის გამო",
    "잠금 대기 시간 초과로 작업을 취소합니다.",
    "выполнение оператора отменено из-за тайм-аута блокировки",
    "avbryter sats på grund av lås-timeout",
    "виконання оператора скасовано через тайм-аут блокування",
    "由于锁超时，正在取消语句",
    "由於鎖定逾時，正在取消敘述",
    "storniere Anfrage wegen Zeitüberschreitung bei Sperre",
];

/// 40P01
const DEADLOCK: [&str; 13] = [
    "deadlock detected",
    "Verklemmung (Deadlock) entdeckt",
    "se ha detectado un deadlock",
    "interblocage (deadlock) détecté",
    "rilevato deadlock",
    "デッドロックを検出しました",
    "ნაპოვნია ურთიერთბლოკირება",
    "deadlock 발생했음",
    "обнаружена взаимоблокировка",
    "deadlock upptäckt",
    "виявлено взаємне блокування",
    "检测到死锁",
    "發現死結",
];

/// 57014, where a person asked for it.
const CANCELLED: [&str; 12] = [
    "canceling statement due to user request",
    "storniere Anfrage wegen Benutzeraufforderung",
    "cancelando la sentencia debido a una petición del usuario",
    "annulation de la requête à la demande de l'utilisateur",
    "annullamento dell'istruzione su richiesta dell'utente",
    "ユーザーからの要求により文をキャンセルしています",
    "사용자 요청에 의해 작업을 취소합니다.",
    "выполнение оператора отменено по запросу пользователя",
    "avbryter sats på användares begäran",
    "виконання оператора скасовано по запиту користувача",
    "由于用户请求，正在取消语句",
    "因為使用者要求，正在取消陳述式",
];

/// Whether somebody ended a statement from another session.
pub(super) fn is_cancelled(message: &str) -> bool {
    CANCELLED.contains(&message)
}

/// Whether a statement failed because it did not get its locks, and may fare better next time.
pub(super) fn is_about_locks(message: &str) -> bool {
    LOCK_TIMEOUT.iter().chain(&DEADLOCK).any(|known| message.starts_with(known))
}

#[cfg(test)]
mod tests {
    use super::{is_about_locks, is_cancelled};

    #[test]
    fn a_lock_timeout_is_one_in_every_language() {
        assert!(is_about_locks("canceling statement due to lock timeout"));
        assert!(is_about_locks("storniere Anfrage wegen Zeitüberschreitung einer Sperre"));
        assert!(is_about_locks("ロックのタイムアウトのためステートメントをキャンセルしています"));
        assert!(is_about_locks("rilevato deadlock"));
        assert!(!is_about_locks("canceling statement due to statement timeout"));
        assert!(!is_about_locks("canceling statement due to user request"));
    }

    #[test]
    fn somebody_who_wants_no_more_is_understood() {
        assert!(is_cancelled("canceling statement due to user request"));
        assert!(is_cancelled("storniere Anfrage wegen Benutzeraufforderung"));
        assert!(!is_cancelled("canceling statement due to statement timeout"));
    }
}
