# Alive is a Keycloak that answers and has the database's password of today: it reads it at its start only. Open
# connections outlive a change, so the servers start again one after another, five minutes apart.
IFS= read -r password < "$CREDENTIALS/password" || [ -n "$password" ] || exit 1
if [ "$password" != "$KC_DB_PASSWORD" ]; then
  printf -v now '%(%s)T' -1
  [ -s "$NOTICED" ] || printf '%s\n' "$now" > "$NOTICED"
  read -r since < "$NOTICED"
  [ $((now - since)) -lt $((300 * ${HOSTNAME##*-})) ] || exit 1
fi
exec 3<> "/dev/tcp/127.0.0.1/$MANAGEMENT_PORT" || exit 1
printf 'GET /health/live HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
read -r _ status _ <&3
[ "$status" = 200 ]
