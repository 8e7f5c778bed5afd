# A real web server for tests.

# start_nginx: serves www/ at $http and $https, its certificate for localhost
# and 127.0.0.1 in cert.pem, at $expired with one whose time is over; each
# request is a line "URI PROTOCOL CONNECTION" of nginx.log.

start_nginx() {
	local port
	make_certificates
	mkdir -p nginx-tmp www
	for _ in 1 2 3 4 5; do
		port=$((20000 + RANDOM % 12000))
		nginx_config $port >nginx.conf
		: >nginx.log
		nginx_pid=$(nginx -p "$PWD" -e nginx.err -c "$PWD/nginx.conf" \
			>/dev/null 2>&1 3>&- 4>&- & echo $!)
		export http=http://127.0.0.1:$port
		export https=https://localhost:$((port + 1))
		export expired=https://localhost:$((port + 2))
		within 5 nginx_answers_or_ended && nginx_answers && return
	done
	fail "$(<nginx.err)"
}

nginx_answers() { curl -so /dev/null --max-time 5 "$http/started"; }

nginx_answers_or_ended() { nginx_answers || ! kill -0 "$nginx_pid" 2>/dev/null; }

stop_nginx() {
	[[ -n ${nginx_pid:-} ]] || return 0
	kill "$nginx_pid" 2>/dev/null || true
	nginx_pid=
}

# asked URI: how many requests there were for it.
asked() { awk -v uri="$1" '$1 == uri { n++ } END { print n + 0 }' nginx.log; }

make_certificates() {
	openssl req -x509 -newkey ec -pkeyopt \
		ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out cert.pem \
		-days 2 -subj /CN=localhost \
		-addext subjectAltName=DNS:localhost,IP:127.0.0.1 2>/dev/null
	# req knows no past: ca takes dates
	cat >ca.cnf <<-'END'
		[ca]
		default_ca=d
		[d]
		database=index
		serial=serial
		new_certs_dir=.
		default_md=sha256
		policy=p
		[p]
		commonName=supplied
	END
	: >index
	echo 01 >serial
	openssl req -new -key key.pem -out old.csr -subj /CN=localhost 2>/dev/null
	openssl ca -batch -notext -config ca.cnf -selfsign -keyfile key.pem \
		-in old.csr -startdate 20200101000000Z -enddate 20200201000000Z \
		-out old.pem 2>/dev/null
}

nginx_config() {
	cat <<-END
		daemon off;
		master_process off;
		pid nginx.pid;
		error_log nginx.err;
		events { worker_connections 256; }
		http {
			log_format short '\$request_uri \$server_protocol \$connection';
			access_log nginx.log short;
			client_body_temp_path nginx-tmp;
			proxy_temp_path nginx-tmp;
			fastcgi_temp_path nginx-tmp;
			uwsgi_temp_path nginx-tmp;
			scgi_temp_path nginx-tmp;
			limit_req_zone \$binary_remote_addr zone=z:1m rate=5r/s;
			default_type application/x-ndjson;
			root www;
			server {
				listen 127.0.0.1:$1;
				listen 127.0.0.1:$(($1 + 1)) ssl http2;
				ssl_certificate cert.pem;
				ssl_certificate_key key.pem;
				location /closed { return 444; }
				location /limited { limit_req zone=z; limit_req_status 429; }
				location /slow { limit_rate 20k; }
				location /packed { gzip on; gzip_types *; gzip_min_length 1; }
			}
			server {
				listen 127.0.0.1:$(($1 + 2)) ssl;
				ssl_certificate old.pem;
				ssl_certificate_key key.pem;
			}
		}
	END
}
