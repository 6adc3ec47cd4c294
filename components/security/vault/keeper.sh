# Watches beside a server of Vault: $1 is its certificate, $2 its audit log, $3 the log's limit in MiB, $4 the seconds
# between two looks. On the signal HUP a server reads its certificate again and opens its audit log anew.
read_again() { kill -HUP $(pidof vault); }
# Empty, so that a renewal that happened while nobody watched is not missed.
seen=
while sleep "${4:-60}"; do
  now=$(sha256sum "$1")
  if [ "$now" != "$seen" ] && read_again; then
    echo "Vault reads its certificate"
    seen=$now
  fi
  if [ -f "$2" ] && [ "$(du -m "$2" | cut -f 1)" -ge "$3" ]; then
    mv "$2" "$2.1"
    read_again && echo "the audit log was full: it is $2.1 now, and Vault writes a new one"
  fi
done
