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

/// Whether a statement failed because it did not get its locks, and may fare better next time.
pub(super) fn is_about_locks(message: &str) -> bool {
    LOCK_TIMEOUT.iter().chain(&DEADLOCK).any(|known| message.starts_with(known))
}

#[cfg(test)]
mod tests {
    use super::is_about_locks;

    #[test]
    fn a_lock_timeout_is_one_in_every_language() {
        assert!(is_about_locks("canceling statement due to lock timeout"));
        assert!(is_about_locks("storniere Anfrage wegen Zeitüberschreitung einer Sperre"));
        assert!(is_about_locks("ロックのタイムアウトのためステートメントをキャンセルしています"));
        assert!(is_about_locks("rilevato deadlock"));
        assert!(!is_about_locks("canceling statement due to statement timeout"));
        assert!(!is_about_locks("canceling statement due to user request"));
    }
}
